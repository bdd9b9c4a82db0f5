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
	HTTPSplitting,
	HeaderContentType,
	HeaderMultiline,
	HostSpoofing,
	InsecureRedirect,
	KnownVulnerability,
	Origins,
	PathDisclosure,
	ResolverExternal,
	ReturnBypassesAccess,
	RunsAsRoot,
	SSLCiphers,
	SSRF,
	SSLProtocols,
	SecurityHeaders,
	StatusExposed,
	ValidReferers,
	VersionDisclosure,
}
