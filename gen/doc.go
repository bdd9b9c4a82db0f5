// Package gen owns the way from a description to files: rendering them, and
// the plan that brings a folder up to date without losing what a person edited.
package gen
