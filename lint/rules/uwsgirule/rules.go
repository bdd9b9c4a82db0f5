package uwsgirule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package, in the order of their names.
var Rules = []*lint.Rule{
	BadValue,
	BufferSizeRange,
	DuplicateKey,
	FlagValue,
	IgnoredSection,
	Include,
	InlineComment,
	LimitAsLow,
	MissingPlugin,
	NoMaster,
	OptionOrder,
	Percent,
	PublicSocket,
	RootVirtualenv,
	SocketAddress,
	Syntax,
	UndefinedPlaceholder,
	UnknownOption,
}
