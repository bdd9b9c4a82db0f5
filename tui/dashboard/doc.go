// Package dashboard owns the screen of `deployctl up --tui`: the processes of a
// running pair, its requests as they come, its log, and what the linter says of
// its files. The models know neither files nor processes: events are handed to a
// Feed, and what keys do are functions that are given to them.
package dashboard
