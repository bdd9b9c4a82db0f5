// Package nginx owns the nginx language: tokens, the lossless tree with its
// positions and comments, include, and printing. It knows nothing of uWSGI and
// nothing of what directives mean (see nginx/directive and nginx/site).
package nginx
