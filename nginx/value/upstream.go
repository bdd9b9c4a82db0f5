package value

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx"
)

// pass is the address of a directive that passes requests on, with one of the
// schemes before it or none.
func pass(schemes ...string) func([]nginx.Word) []Bad {
	return func(args []nginx.Word) []Bad {
		v := args[0].Value
		if strings.Contains(v, "$") {
			return each(args, 0, complexValue)
		}
		for _, s := range schemes {
			if len(v) >= len(s) && strings.EqualFold(v[:len(s)], s) {
				v = v[len(s):]
				break
			}
		}
		return passAddress(v, AddressUse{})
	}
}

func passAddress(v string, use AddressUse) []Bad {
	_, refused := ParseAddress(v, use)
	if refused == "" {
		return nil
	}
	return one(1, fmt.Sprintf("%s in upstream %q", refused, v), refusedAddress(v, refused))
}

func proxyPass(args []nginx.Word) []Bad {
	v := args[0].Value
	if strings.Contains(v, "$") {
		return each(args, 0, complexValue)
	}
	for _, scheme := range []string{"http://", "https://"} {
		if len(v) >= len(scheme) && strings.EqualFold(v[:len(scheme)], scheme) {
			return passAddress(v[len(scheme):], AddressUse{URI: true})
		}
	}
	return one(1, "invalid URL prefix", diag.T("%q starts with neither http:// nor https://", v))
}

func grpcPass(args []nginx.Word) []Bad {
	return pass("grpc://", "grpcs://")(args)
}

// mapped is a pair of texts, of which the first may be a regular expression, or
// one of the words alone (proxy_redirect and its like).
func mapped(words ...string) func([]nginx.Word) []Bad {
	return func(args []nginx.Word) []Bad {
		if len(args) == 1 {
			if !slices.Contains(words, args[0].Value) {
				return badParameter(1, args[0].Value)
			}
			return nil
		}
		log, message := maybeRegex.check(args[0].Value)
		return append(one(1, log, message), each(args, 1, complexValue)...)
	}
}

var cookieFlag = set("secure nosecure httponly nohttponly samesite=strict samesite=lax samesite=none nosamesite")

func cookieFlags(args []nginx.Word) []Bad {
	if len(args) == 1 {
		if args[0].Value != "off" {
			return badParameter(1, args[0].Value)
		}
		return nil
	}
	log, message := tildeRegex.check(args[0].Value)
	bad := one(1, log, message)
	for i := 1; i < len(args); i++ {
		if v := args[i].Value; !strings.Contains(v, "$") && !cookieFlag[strings.ToLower(v)] {
			bad = append(bad, badParameter(i+1, v)...)
		}
	}
	return append(bad, each(args, 1, complexValue)...)
}

// authHTTP checks the URL of the mail module's server.
func authHTTP(args []nginx.Word) []Bad {
	v := strings.TrimPrefix(args[0].Value, "http://")
	return passAddress(v, AddressUse{URI: true})
}

var browsers = set("msie gecko opera safari konqueror")

func modernBrowser(args []nginx.Word) []Bad {
	switch {
	case len(args) == 1 && args[0].Value == "unlisted":
		return nil
	case len(args) == 1:
		return badParameter(1, args[0].Value)
	case !browsers[strings.ToLower(args[0].Value)]:
		return one(1, fmt.Sprintf("unknown browser name %q", args[0].Value), diag.T("%q is no browser that nginx knows", args[0].Value))
	case strings.Trim(args[1].Value, "0123456789.") != "":
		return one(2, fmt.Sprintf("invalid browser version %q", args[1].Value), diag.T("%q is no version", args[1].Value))
	}
	return nil
}

// imageFilter checks the operation of image_filter and its numbers.
func imageFilter(args []nginx.Word) []Bad {
	count := map[string]int{"off": 1, "test": 1, "size": 1, "resize": 3, "crop": 3, "rotate": 2}
	n, ok := count[args[0].Value]
	if !ok || n != len(args) {
		return badParameter(1, args[0].Value)
	}
	for i := 1; i < len(args); i++ {
		if v := args[i].Value; v != "-" {
			if log, message := complexNumber.check(v); log != "" {
				return one(i+1, log, message)
			}
		}
	}
	return nil
}

// splitPath checks the expression that tells a script from what follows it.
func splitPath(args []nginx.Word) []Bad {
	pattern := args[0].Value
	re, err := pcre.Compile(pattern, false)
	if err != nil {
		log, message := checkRegex(pattern, false)
		return one(1, log, message)
	}
	if len(re.Names) != 3 {
		return one(1, fmt.Sprintf("pattern %q must have 2 captures", pattern), diag.T("%q needs two groups: the script, and what follows it", pattern))
	}
	return nil
}
