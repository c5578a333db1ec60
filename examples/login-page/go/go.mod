module example.com/login-page

go 1.22
