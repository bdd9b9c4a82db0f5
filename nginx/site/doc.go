// Package site owns the meaning of an nginx configuration: scopes and what they
// inherit, servers with their addresses and names, locations, upstreams and
// variables, and which of them answers a request. It knows nothing of uWSGI.
package site
