package nginxrule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	BadValue,
	DuplicateDirective,
	ErrorLogOff,
	MissingInclude,
	Syntax,
	Undefined,
	UnknownDirective,
	UserGroup,
	WorkerLimits,
	WrongArguments,
	WrongContext,
}
