// Package route owns what becomes of a request as far as the files tell: which
// server and location answer, why, and where it ends. Nothing is run.
package route
