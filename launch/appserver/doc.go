// Package appserver owns what stands in for uWSGI when a pair is launched
// without it: a supervisor that binds the sockets of a uwsgi.ini, and Python
// workers that answer on them as uWSGI does.
package appserver
