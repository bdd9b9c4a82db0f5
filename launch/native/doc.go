// Package native owns how the real nginx and uWSGI are found, started, watched
// and stopped. It knows nothing of their configuration.
package native
