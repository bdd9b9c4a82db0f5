// Package project owns the project description, deployctl.ini: its schema,
// reading, checking and writing it, detecting a project in a folder, and
// importing one from an existing pair.
package project
