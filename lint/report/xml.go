package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// writeXML writes a document with its head and a last line feed.
func writeXML(w io.Writer, document any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("write xml: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type checkstyleError struct {
	Line     int    `xml:"line,attr"`
	Column   int    `xml:"column,attr"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

// Checkstyle writes findings as Checkstyle does, grouped by file.
func Checkstyle(w io.Writer, r *lint.Result) error {
	report := checkstyleReport{Version: "5.0"}
	for _, d := range r.Diagnostics {
		if n := len(report.Files); n == 0 || report.Files[n-1].Name != d.File.Name {
			report.Files = append(report.Files, checkstyleFile{Name: d.File.Name})
		}
		f := &report.Files[len(report.Files)-1]
		at := d.File.Pos(d.Span.Start)
		f.Errors = append(f.Errors, checkstyleError{at.Line, at.Column, d.Severity.String(), d.Message.String(), "deployctl." + d.Rule})
	}
	return writeXML(w, report)
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    string        `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

// JUnit writes findings as test cases: errors and warnings fail, infos pass
// with their text as output, and every file without a finding is a case that
// passes. Each file is a suite.
func JUnit(w io.Writer, r *lint.Result) error {
	report := junitReport{Name: "deployctl lint"}
	suites := map[string]int{}
	suite := func(name string) *junitSuite {
		i, ok := suites[name]
		if !ok {
			i = len(report.Suites)
			suites[name] = i
			report.Suites = append(report.Suites, junitSuite{Name: name})
		}
		return &report.Suites[i]
	}
	for _, d := range r.Diagnostics {
		at := d.File.Pos(d.Span.Start)
		c := junitCase{Name: fmt.Sprintf("%s %d:%d", d.Rule, at.Line, at.Column), Class: d.File.Name, File: d.File.Name, Line: strconv.Itoa(at.Line)}
		s := suite(d.File.Name)
		if d.Severity == diag.Info {
			c.Output = whole(d)
		} else {
			c.Failure = &junitFailure{d.Message.String(), d.Severity.String(), whole(d)}
			s.Failures++
		}
		s.Cases = append(s.Cases, c)
	}
	for _, f := range r.Sources {
		if s := suite(f.Name); len(s.Cases) == 0 {
			s.Cases = append(s.Cases, junitCase{Name: "lint", Class: f.Name, File: f.Name})
		}
	}
	for i := range report.Suites {
		s := &report.Suites[i]
		s.Tests = len(s.Cases)
		report.Tests += s.Tests
		report.Failures += s.Failures
	}
	return writeXML(w, report)
}
