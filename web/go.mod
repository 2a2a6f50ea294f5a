module github.com/otlog/otlog/web

go 1.26.0
