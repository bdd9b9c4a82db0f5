package front

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	boundaryText = regexp.MustCompile(`\d{20}`)
	versionText  = regexp.MustCompile(`nginx/[\d.]+`)
)

// canonical writes responses so that they can be compared: the status line, the
// headers in order of their names, the body. Date and Server are left out,
// Expires is told from Date, and what gzip packed is unpacked.
func canonical(data []byte) string {
	var b strings.Builder
	reader := bufio.NewReader(bytes.NewReader(data))
	for {
		head, err := reader.Peek(5)
		if err != nil || string(head) != "HTTP/" {
			rest, _ := io.ReadAll(reader)
			b.Write(rest)
			break
		}
		one(&b, reader)
	}
	text := boundaryText.ReplaceAllString(b.String(), "BOUNDARY")
	return versionText.ReplaceAllString(text, "nginx")
}

// one writes the next response.
func one(b *strings.Builder, reader *bufio.Reader) {
	status, _ := reader.ReadString('\n')
	b.WriteString(strings.TrimSpace(status) + "\n")
	var fields []string
	length, chunked, encoding := -1, false, ""
	var date time.Time
	for {
		line, err := reader.ReadString('\n')
		line = strings.TrimSpace(line)
		if err != nil || line == "" {
			break
		}
		name, v, _ := strings.Cut(line, ": ")
		switch strings.ToLower(name) {
		case "date":
			date, _ = time.Parse(httpTime, v)
			continue
		case "server":
			continue
		case "content-length":
			length, _ = strconv.Atoi(v)
		case "transfer-encoding":
			chunked = true
		case "content-encoding":
			encoding = v
		case "expires":
			if t, err := time.Parse(httpTime, v); err == nil && t.Sub(date).Abs() < 2*365*24*time.Hour {
				v = "Date" + strconv.Itoa(int(t.Sub(date).Seconds()))
			}
		}
		fields = append(fields, name+": "+v)
	}
	slices.Sort(fields)
	b.WriteString(strings.Join(fields, "\n") + "\n\n")
	switch {
	case chunked:
		body, err := io.ReadAll(&chunkReader{r: reader})
		b.WriteString(canonicalBody(encoding, body))
		if err != nil {
			fmt.Fprintf(b, "[%v]", err)
		}
	case length >= 0 && !strings.HasPrefix(status, "HTTP/1.1 304"):
		body, _ := io.ReadAll(io.LimitReader(reader, int64(length)))
		b.WriteString(canonicalBody(encoding, body))
	}
}

// canonicalBody unpacks what is packed; what cannot be unpacked stays.
func canonicalBody(encoding string, body []byte) string {
	if encoding != "gzip" {
		return string(body)
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return string(body)
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		return fmt.Sprintf("%s[%v]", text, err)
	}
	return string(text)
}
