// Package appserver owns what stands in for uWSGI when a pair is launched
// without it: a supervisor that binds the sockets of a uwsgi.ini and reads the
// requests, and Python workers that answer them as uWSGI does.
package appserver
