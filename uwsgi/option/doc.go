// Package option owns the table of uWSGI's options: what each takes, what
// setting it twice does, and which release and plugin brings it.
package option
