package gen

// why holds the comments of the generated files: what a value is good for. The
// templates name them.
var why = map[string]struct{ en, zh string }{
	"plugin":             {"Debian's uWSGI loads Python only by name, and strict needs it before the options it brings", "Debian 的 uWSGI 需要按名称加载 Python 插件；strict 要求插件写在它的选项之前"},
	"strict":             {"A misspelled option stops the start instead of passing silently", "选项名写错时拒绝启动，而不是悄悄忽略"},
	"master":             {"The master restarts workers that die and makes reloads possible", "主进程会重启死掉的工作进程，并支持平滑重载"},
	"single":             {"One application: no second interpreter, which C extensions do not expect", "只有一个应用：不需要第二个解释器，C 扩展也不支持"},
	"need-app":           {"Without the application exit at once, instead of answering 500 to everything", "应用加载失败时立即退出，而不是对所有请求返回 500"},
	"lazy-apps":          {"Load the application in each worker: threads that it starts do not survive a fork", "在每个工作进程中加载应用：应用启动的线程无法在 fork 后存活"},
	"mount":              {"The prefix moves from PATH_INFO to SCRIPT_NAME", "把前缀从 PATH_INFO 移到 SCRIPT_NAME"},
	"socket":             {"nginx connects here: the same address stands in nginx.conf", "nginx 连接到这里：nginx.conf 中是同一个地址"},
	"chmod":              {"Owner and group may connect, and nginx belongs to the group", "只有属主和属组可以连接，nginx 属于该组"},
	"buffer-size":        {"Holds the largest request head that nginx lets through (large_client_header_buffers); a smaller one answers 502", "能容纳 nginx 放行的最大请求头（large_client_header_buffers）；太小会返回 502"},
	"post-buffering":     {"Read the body before the application does: one that ignores it would turn uploads into 502", "先读取请求体：如果应用不读取请求体，上传会变成 502"},
	"limit-post":         {"The same limit as nginx's client_max_body_size, so that nginx answers 413 first", "与 nginx 的 client_max_body_size 相同，由 nginx 先返回 413"},
	"harakiri":           {"End a stuck request before nginx gives up on it with 504", "在 nginx 以 504 放弃之前结束卡住的请求"},
	"harakiri-threads":   {"deployctl:ignore uwsgi-harakiri-threads It still ends a worker whose threads all hang", "deployctl:ignore uwsgi-harakiri-threads 工作进程的所有线程都卡住时，它仍能结束该进程"},
	"http-timeout":       {"As long as nginx waits; uWSGI's default is 4 seconds", "与 nginx 等待的时间相同；uWSGI 的默认值是 4 秒"},
	"stop":               {"SIGTERM stops uWSGI (by default it reloads), and running requests finish first", "SIGTERM 停止 uWSGI（默认是重载），并先完成正在处理的请求"},
	"delta":              {"Not all workers at once", "避免所有工作进程同时重启"},
	"lifetime":           {"Fresh workers now and then, one after the other", "定期轮流更换工作进程"},
	"max-fd":             {"Containers often have a huge limit, for which uWSGI would reserve gigabytes", "容器的上限往往很大，uWSGI 会为此占用数 GB 内存"},
	"logging":            {"nginx has the access log; uWSGI logs the failures", "访问日志由 nginx 记录；uWSGI 只记录失败的请求"},
	"raw":                {"From [uwsgi] of the description", "来自描述文件的 [uwsgi]"},
	"params":             {"What every request tells the application", "每个请求传给应用的参数"},
	"scheme":             {"TLS ends at nginx: the application learns of it here", "TLS 在 nginx 终止：应用由此得知协议"},
	"forwarded":          {"Written by nginx, so that no client can forge them", "由 nginx 写入，客户端无法伪造"},
	"hsts":               {"Browsers that were here once ask for TLS from then on", "访问过的浏览器以后只使用 TLS"},
	"again":              {"An add_header here drops the server's", "此处的 add_header 会取代 server 中的 add_header"},
	"nosniff":            {"Browsers take the type as it is sent: no picture runs as a script", "浏览器按所发送的类型处理：图片不会被当作脚本执行"},
	"frames":             {"Other sites may not show these pages in a frame", "其他网站不能在框架中显示这些页面"},
	"port":               {"The port that the client named, with its colon: $host has none, and $http_host need not be the host that nginx went by", "客户端写明的端口（含冒号）：$host 不含端口，而 $http_host 未必是 nginx 所依据的主机名"},
	"host":               {"The host that nginx chose the server by, with the client's port", "nginx 据以选择 server 的主机名，加上客户端的端口"},
	"dotfiles":           {"Nothing below a folder such as .git is served", "不提供 .git 之类目录中的文件"},
	"429":                {"Too Many Requests, instead of 503", "返回 429（请求过多），而不是 503"},
	"refuse":             {"Hosts that no server names get no answer", "没有任何 server 声明的主机名不予应答"},
	"misdirected":        {"A browser that reuses another host's connection opens one of its own", "让复用其他主机连接的浏览器另建连接"},
	"body":               {"uWSGI's limit-post is the same", "uWSGI 的 limit-post 与此相同"},
	"headers":            {"uWSGI's buffer-size is computed from these", "uWSGI 的 buffer-size 由此计算"},
	"timeouts":           {"read_timeout is longer than uWSGI's harakiri", "read_timeout 比 uWSGI 的 harakiri 长"},
	"response":           {"Room for cookies in the response head", "为响应头中的 cookie 留出空间"},
	"tls":                {"Mozilla's TLS guideline 6.0", "Mozilla TLS 指南 6.0"},
	"notify":             {"uWSGI says when the application is loaded", "uWSGI 在应用加载完成后通知 systemd"},
	"kill":               {"The master alone gets the signal and lets running requests finish", "只有主进程收到信号，并让正在处理的请求完成"},
	"runtime":            {"The socket's folder; /run is empty after a boot", "套接字所在目录；/run 在启动后为空"},
	"hardening":          {"The application writes nothing of the system", "应用不会改动系统文件"},
	"log":                {"Opened after the rights of root are gone, and opened again for logrotate when the second file is touched", "在放弃 root 权限之后打开；第二个文件被 touch 时重新打开，供 logrotate 使用"},
	"environment":        {"Secrets stand there, and not in uwsgi.ini; the file may be absent", "密钥写在这里，而不是 uwsgi.ini 中；该文件可以不存在"},
	"strict-hardening":   {"Everything is read-only but what is named here", "除这里列出的以外，一切只读"},
	"privileges":         {"No rights of root, and none to gain", "没有 root 权限，也无法获得"},
	"emperor":            {"Each file in this folder is an application: it starts when the file comes, reloads when it is touched, ends when it goes", "此目录中每个文件是一个应用：文件出现则启动，被 touch 则重载，删除则停止"},
	"ragnarok":           {"A stop lets running requests finish", "停止时先完成正在处理的请求"},
	"emperor-root":       {"Root, since each vassal takes its own account; it may do nothing else", "以 root 运行，因为每个 vassal 会切换到自己的账户；除此之外没有其他权限"},
	"tmpfiles":           {"Folders that are made at boot: /run is empty then", "启动时创建的目录：此时 /run 为空"},
	"logrotate-su":       {"The folder belongs to the application, where root will not rename files", "目录属于应用，logrotate 不会以 root 身份在其中改名"},
	"logrotate-reopen":   {"uWSGI opens the new file when this one is touched", "touch 此文件后 uWSGI 打开新的日志文件"},
	"image-build":        {"Built here, so that the images that run hold no compiler; on the same slim base, so that uWSGI is linked with nothing that is missing there", "在此构建，使运行的镜像不含编译器；基于同一个 slim 镜像，使 uWSGI 不会链接到那里没有的库"},
	"image-requirements": {"Before the code, so that a change of the code installs nothing again", "先于代码，代码变更时不必重新安装"},
	"image-accounts":     {"The group has the number that it has in nginx's image: the socket is opened by number", "该组的编号与 nginx 镜像中相同：套接字按编号判断权限"},
	"image-code":         {"The code belongs to root: the application cannot change it", "代码属于 root：应用不能修改"},
	"image-user":         {"By number, so that an orchestrator sees that it is not root", "使用编号，使编排系统能看出不是 root"},
	"image-foreground":   {"In the foreground, and logs on standard error: the container ends with uWSGI", "在前台运行，日志写到标准错误：uWSGI 结束时容器也结束"},
	"image-ignore":       {"What no image needs, and secrets that none may hold", "镜像不需要的文件，以及不能进入镜像的密钥"},
	"compose-secrets":    {"Secrets stand there, and in no image; the file may be absent", "密钥写在这里，不进入任何镜像；该文件可以不存在"},
	"compose-grace":      {"As long as the longest request takes", "与最长的请求时间相当"},
	"compose-rights":     {"No rights, and nothing writable but the volumes", "没有特权，除卷之外不可写"},
	"compose-quit":       {"nginx finishes running requests on this signal", "nginx 收到该信号后先完成正在处理的请求"},
	"compose-web-rights": {"What nginx's master needs to open ports and to start workers under their account", "nginx 主进程打开端口、以自己的账户启动工作进程所需的权限"},
	"compose-socket":     {"Both containers see the socket here", "两个容器在此共用套接字"},
	"compose-inside":     {"uWSGI's port is reached from nginx alone: whoever speaks to it runs code", "只有 nginx 能访问 uWSGI 的端口：能连接它的人就能执行代码"},
	"words":              {"What nginx and uWSGI do not know, for deployctl import", "nginx 与 uWSGI 不保存的信息，供 deployctl import 使用"},
}

// comment returns the comment of a key in a language.
func comment(lang, key string) string {
	text, ok := why[key]
	switch {
	case !ok:
		return "# " + key // a test finds templates that name no comment
	case lang == "zh":
		return "# " + text.zh
	}
	return "# " + text.en
}
