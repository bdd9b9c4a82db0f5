package securityrule

import "github.com/deployctl/deployctl/lint"

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	AdminExposed,
	AliasTraversal,
	AllowWithoutDeny,
	Autoindex,
	DotfilesExposed,
	FilesystemExposed,
	H2CSmuggling,
	HSTS,
	HeaderContentType,
	HeaderMultiline,
	HostSpoofing,
	InsecureRedirect,
	PathDisclosure,
	ResolverExternal,
	ReturnBypassesAccess,
	RunsAsRoot,
	SSLCiphers,
	SSLProtocols,
	SecurityHeaders,
	StatusExposed,
	ValidReferers,
	VersionDisclosure,
}
