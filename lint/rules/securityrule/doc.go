// Package securityrule owns the rules about what an nginx configuration gives
// away: files, addresses, weak encryption, requests that clients can bend.
package securityrule
