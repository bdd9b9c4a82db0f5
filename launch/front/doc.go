// Package front owns what stands in for nginx when a pair is launched without
// it: a server that executes the tree of an nginx configuration through its
// meaning in nginx/site.
package front
