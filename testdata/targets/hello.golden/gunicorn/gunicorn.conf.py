# 由 deployctl 根据 deployctl.ini 生成。请修改该文件后运行：deployctl gen
# deployctl:checksum 7b88d3270d758cdb5c213679c24dfe74
wsgi_app = "hello:application"
chdir = "/srv/hello"

# nginx 连接到这里：nginx.conf 中是同一个地址
bind = "127.0.0.1:8001"
backlog = 100
# 只有 nginx 能连接到这里，采信它对客户端的说明
forwarded_allow_ips = "127.0.0.1"

workers = 4
# 放在内存中：磁盘缓慢会被误认为工作进程卡死
worker_tmp_dir = "/dev/shm"

# 在 nginx 以 504 放弃之前结束卡住的工作进程
timeout = 55
graceful_timeout = 60

# 与 nginx 放行的大小相同
limit_request_line = 8190
limit_request_field_size = 8192

# 访问日志由 nginx 记录；gunicorn 只记录错误
errorlog = "/var/log/hello/uwsgi.log"
accesslog = None
