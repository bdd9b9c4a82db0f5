// Package api owns the OpenAPI contract of an application beside the pair that
// serves it: whether every operation is reached, and what a change breaks.
package api
