// Package pair owns the meaning of the two sides together: what is read from
// the paths that a person names, which addresses uWSGI binds, where nginx
// passes requests, and who therefore talks to whom.
package pair
