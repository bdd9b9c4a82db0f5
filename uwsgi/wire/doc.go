// Package wire owns the uwsgi protocol: the packet of variables that nginx
// sends to uWSGI before a request's body. What comes back is plain HTTP.
package wire
