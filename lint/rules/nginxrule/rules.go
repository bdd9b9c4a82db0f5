package nginxrule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	BadValue,
	DuplicateDirective,
	DuplicateListen,
	DuplicateLocation,
	DuplicateUpstream,
	ErrorLogOff,
	Incompatible,
	MissingEvents,
	MissingFile,
	MissingInclude,
	Syntax,
	TLSNoCertificate,
	Undefined,
	UnknownDirective,
	UserGroup,
	Version,
	WorkerLimits,
	WrongArguments,
	WrongContext,
}
