package tui

import "github.com/deployctl/deployctl/diag"

// placeStep asks where the application will run.
var placeStep = step{short: diag.T("Place"), title: diag.T("Where it will run"), fields: func(answers) []field {
	return []field{
		keyed("project.root", diag.T("Folder on the server"), diag.T("an absolute path")),
		keyed("app.user", diag.T("User"), diag.T("the account that the application runs as")),
		keyed("app.group", diag.T("Group"), diag.T("nginx has to be in it, to open the socket")),
		keyed("target.os", diag.T("System"), diag.T("decides nginx's account and where things lie")).among(
			choice{"debian", diag.T("Debian")}, choice{"ubuntu", diag.T("Ubuntu")}, choice{"rhel", diag.T("RHEL and its kin")}),
		keyed("target.init", diag.T("Started by"), diag.T("what starts uWSGI and watches over it")).among(
			choice{"systemd", diag.T("systemd")}, choice{"supervisor", diag.T("supervisor")}, choice{"container", diag.T("a container")}),
		keyed("target.nginx", diag.T("nginx release"), diag.T("such as 1.22.1 (nginx -v says it); empty for the newest stable one")),
		keyed("target.uwsgi", diag.T("uWSGI release"), diag.T("such as 2.0.21 (uwsgi --version says it); empty for the newest")),
		keyed("target.lang", diag.T("Comments"), diag.T("the language of the comments in the files")).among(
			choice{"en", diag.T("English")}, choice{"zh", diag.T("Chinese")}),
	}
}}
