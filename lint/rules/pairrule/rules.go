package pairrule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	Backlog,
	ForwardedHost,
	ForwardedScheme,
	MountPrefix,
	OffloadBuffering,
	ResponseBuffer,
	RunDirectory,
	StaticRoot,
	StaticThroughApp,
	TmpSocket,
	UnreadablePath,
	Websocket,
}
