package securityrule

import "github.com/deployctl/deployctl/diag"

// vulnerableShapes are the advisories of nginx.org that depend on the
// configuration (nginx.org/en/security_advisories.html, and the CVE records
// that it links; the state of November 2026), by what they need. Those that
// every nginx has, whatever its configuration, are left out, as are those of
// Windows and of servers behind nginx that turn against it.
var vulnerableShapes = []shape{
	{
		why:    diag.T("a rewrite with ? and no flag, followed by a capture such as $1: nginx writes beyond a buffer, and a request may run code"),
		severe: true, find: staleArguments,
		known: []vulnerability{{"CVE-2026-42945", "0.6.27", "1.30.0", []string{"1.30.1", "1.31.0"}}},
	},
	{
		why:    diag.T("a rewrite names a capture and the one around it in a redirect or after ?: nginx writes beyond a buffer, and a request may run code"),
		severe: true, find: overlappingCaptures,
		known: []vulnerability{{"CVE-2026-9256", "0.1.17", "1.31.0", []string{"1.30.2", "1.31.1"}}},
	},
	{
		why:    diag.T("a capture stands before the variable of a map with expressions, which change it meanwhile: nginx writes beyond a buffer, and a request may run code"),
		severe: true, find: captureBeforeMap,
		known: []vulnerability{{"CVE-2026-42533", "0.9.6", "1.31.2", []string{"1.30.4", "1.31.3"}}},
	},
	{
		why: diag.T("$request_filename is asked after a rewrite in a location with alias: a short path makes nginx write beyond a buffer"), find: filenameAfterRewrite,
		known: []vulnerability{{"CVE-2026-15176", "0.1.29", "1.31.6", []string{"1.30.6", "1.31.7"}}},
	},
	{
		why: diag.T("alias with try_files: a request can make nginx write beyond a buffer"), find: aliasTryFiles,
		known: []vulnerability{{"CVE-2026-125283", "1.30.0", "1.31.8", []string{"1.30.7", "1.31.9"}}},
	},
	{
		why: diag.T("whoever can place an mp4 file on the server crashes a worker with it, or reads its memory"), find: every("mp4"),
		known: []vulnerability{
			{"CVE-2026-27784", "1.1.19", "1.29.6", []string{"1.28.3", "1.29.7"}},
			{"CVE-2026-32647", "1.1.19", "1.29.6", []string{"1.28.3", "1.29.7"}},
			{"CVE-2024-7347", "1.5.13", "1.27.0", []string{"1.26.2", "1.27.1"}},
			{"CVE-2022-41741", "1.0.7", "1.23.1", []string{"1.22.1", "1.23.2"}},
			{"CVE-2022-41742", "1.0.7", "1.23.1", []string{"1.22.1", "1.23.2"}},
			{"CVE-2018-16845", "1.0.7", "1.15.5", []string{"1.14.1", "1.15.6"}},
			{"CVE-2012-2089", "1.0.7", "1.1.18", []string{"1.0.15", "1.1.19"}},
		},
	},
	{
		why: diag.T("a client that speaks HTTP/3 crashes a worker, reads its memory, or has another address than it says"), find: listens("quic", "http3"),
		known: []vulnerability{
			{"CVE-2026-121810", "1.25.0", "1.31.8", []string{"1.30.7", "1.31.9"}},
			{"CVE-2026-95101", "1.25.0", "1.31.6", []string{"1.30.6", "1.31.7"}},
			{"CVE-2026-90439", "1.29.2", "1.31.5", []string{"1.30.5", "1.31.6"}},
			{"CVE-2026-42530", "1.31.0", "1.31.1", []string{"1.31.2"}},
			{"CVE-2026-40460", "1.25.0", "1.30.0", []string{"1.30.1", "1.31.0"}},
			{"CVE-2024-32760", "1.25.0", "1.26.0", []string{"1.26.1", "1.27.0"}},
			{"CVE-2024-31079", "1.25.0", "1.26.0", []string{"1.26.1", "1.27.0"}},
			{"CVE-2024-35200", "1.25.0", "1.26.0", []string{"1.26.1", "1.27.0"}},
			{"CVE-2024-34161", "1.25.0", "1.26.0", []string{"1.26.1", "1.27.0"}},
			{"CVE-2024-24989", "1.25.3", "1.25.3", []string{"1.25.4"}},
			{"CVE-2024-24990", "1.25.0", "1.25.3", []string{"1.25.4"}},
		},
	},
	{
		why: diag.T("a client that speaks HTTP/2 corrupts a worker's memory, or holds its processor and memory"), find: http2Servers,
		known: []vulnerability{
			{"CVE-2026-123007", "1.9.5", "1.31.8", []string{"1.30.7", "1.31.9"}},
			{"CVE-2026-123633", "1.19.7", "1.31.8", []string{"1.30.7", "1.31.9"}},
			{"CVE-2019-9511", "1.9.5", "1.17.2", []string{"1.16.1", "1.17.3"}},
			{"CVE-2019-9513", "1.9.5", "1.17.2", []string{"1.16.1", "1.17.3"}},
			{"CVE-2019-9516", "1.9.5", "1.17.2", []string{"1.16.1", "1.17.3"}},
			{"CVE-2018-16843", "1.9.5", "1.15.5", []string{"1.14.1", "1.15.6"}},
			{"CVE-2018-16844", "1.9.5", "1.15.5", []string{"1.14.1", "1.15.6"}},
		},
	},
	{
		why: diag.T("a client that speaks SPDY writes into a worker's memory"), find: listens("spdy"),
		known: []vulnerability{{"CVE-2014-0133", "1.3.15", "1.5.11", []string{"1.4.7", "1.5.12"}}, {"CVE-2014-0088", "1.5.10", "1.5.10", []string{"1.5.11"}}},
	},
	{
		why: diag.T("a client that sends a body over TLS 1.3 keeps a worker busy for ever"), find: listens("ssl"),
		known: []vulnerability{{"CVE-2026-118899", "1.13.0", "1.31.8", []string{"1.30.7", "1.31.9"}}},
	},
	{
		why: diag.T("whoever can answer in the name server's place writes into a worker's memory or crashes it"), find: every("resolver"),
		known: []vulnerability{
			{"CVE-2021-23017", "0.6.18", "1.20.0", []string{"1.20.1", "1.21.0"}},
			{"CVE-2016-0742", "0.6.18", "1.9.9", []string{"1.8.1", "1.9.10"}},
			{"CVE-2016-0746", "0.6.18", "1.9.9", []string{"1.8.1", "1.9.10"}},
			{"CVE-2016-0747", "0.6.18", "1.9.9", []string{"1.8.1", "1.9.10"}},
			{"CVE-2011-4315", "0.6.18", "1.1.7", []string{"1.0.10", "1.1.8"}},
		},
	},
	{
		why: diag.T("a client asks for ranges that lead into the worker's memory: the cache's keys and addresses are read"), find: caches,
		known: []vulnerability{{"CVE-2017-7529", "0.5.6", "1.13.2", []string{"1.12.1", "1.13.3"}}},
	},
	{
		why: diag.T("slices or a cache that is renewed in the background, with captures such as $1: a worker's memory is read"), find: slicesWithCaptures,
		known: []vulnerability{{"CVE-2026-60005", "1.15.8", "1.31.2", []string{"1.30.4", "1.31.3"}}},
	},
	{
		why: diag.T("COPY and MOVE into a location with alias write beyond a buffer"), find: davWithAlias,
		known: []vulnerability{{"CVE-2026-27654", "0.5.13", "1.29.6", []string{"1.28.3", "1.29.7"}}},
	},
	{
		why: diag.T("a client smuggles a second request past the redirect of an error page"), find: errorPageRedirects,
		known: []vulnerability{{"CVE-2019-20372", "0.7.12", "1.17.6", []string{"1.17.7"}}},
	},
	{
		why: diag.T("a client resumes the session of one server at another of the same address, whose certificate he does not have"), find: sharedClientCertificates,
		known: []vulnerability{{"CVE-2025-23419", "1.11.4", "1.27.3", []string{"1.26.3", "1.27.4"}}},
	},
	{
		why: diag.T("a client's certificate is checked with OCSP through the resolver, whose answer may come too late: memory is used after it was freed"), find: every("ssl_ocsp"),
		known: []vulnerability{{"CVE-2026-40701", "1.19.0", "1.30.0", []string{"1.30.1", "1.31.0"}}},
	},
	{
		why: diag.T("whoever is between nginx and the server behind writes his own text before the TLS answer"), find: tlsUpstreams,
		known: []vulnerability{{"CVE-2026-1642", "1.3.0", "1.29.4", []string{"1.28.2", "1.29.5"}}},
	},
	{
		why: diag.T("large headers with ignore_invalid_headers off write beyond a buffer on the way to an HTTP/2 server"), find: largeHeadersToHTTP2,
		known: []vulnerability{{"CVE-2026-42055", "1.13.10", "1.31.1", []string{"1.30.3", "1.31.2"}}},
	},
	{
		why: diag.T("charset with source_charset utf-8 reads beyond a buffer, and shows a worker's memory"), find: convertsUTF8,
		known: []vulnerability{{"CVE-2026-48142", "0.3.50", "1.31.1", []string{"1.30.3", "1.31.2"}}, {"CVE-2026-42934", "0.3.50", "1.30.0", []string{"1.30.1", "1.31.0"}}},
	},
	{
		why: diag.T("proxy_set_body with HTTP/2 to the server behind: a client writes requests of his own"), find: bodyToHTTP2,
		known: []vulnerability{{"CVE-2026-42926", "1.29.4", "1.30.0", []string{"1.30.1", "1.31.0"}}},
	},
	{
		why: diag.T("a server-side include of a proxied answer uses memory after it was freed"), find: ssiOfPasses,
		known: []vulnerability{{"CVE-2026-56434", "0.8.11", "1.31.2", []string{"1.30.4", "1.31.3"}}},
	},
	{
		why: diag.T("traffic of the mail proxy uses memory after it was freed, and may run code"), find: every("auth_http"),
		known: []vulnerability{
			{"CVE-2026-113425", "0.5.33", "1.31.8", []string{"1.30.7", "1.31.9"}},
			{"CVE-2026-28753", "0.6.27", "1.29.6", []string{"1.28.3", "1.29.7"}},
			{"CVE-2014-3556", "1.5.6", "1.7.3", []string{"1.6.1", "1.7.4"}},
		},
	},
	{
		why: diag.T("an SMTP client without a login reads the memory of a worker"), find: words1("smtp_auth", "none"),
		known: []vulnerability{{"CVE-2025-53859", "0.7.22", "1.29.0", []string{"1.28.1", "1.29.1"}}},
	},
	{
		why: diag.T("a name that ssl_preread takes from the client is not checked"), find: words1("ssl_preread", "on"),
		known: []vulnerability{{"CVE-2026-123640", "1.15.2", "1.31.8", []string{"1.30.7", "1.31.9"}}},
	},
}
