package pairrule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	Backlog,
	BodyLimit,
	ContainersApart,
	DuplicateBind,
	ForwardedHost,
	ForwardedScheme,
	IgnoredDirective,
	MissingParams,
	MountPrefix,
	OffloadBuffering,
	ParamsOverride,
	ProtocolMismatch,
	RequestBuffer,
	ResponseBuffer,
	RunDirectory,
	SSLToBackend,
	SocketMismatch,
	SocketPermission,
	StaticRoot,
	StaticThroughApp,
	TimeoutOrder,
	TmpSocket,
	UnreadablePath,
	UnusedSocket,
	UpstreamMember,
	Websocket,
	WrongParams,
}
