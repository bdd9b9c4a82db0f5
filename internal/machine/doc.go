// Package machine owns what can be asked of the machine that a pair lies on:
// accounts, files and who may reach them, listeners, running programs,
// certificates. It only reads.
package machine
