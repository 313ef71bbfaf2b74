module postern.test/compat/driver

go 1.25.6
