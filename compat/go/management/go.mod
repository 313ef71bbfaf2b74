module postern.test/compat/management

go 1.25.6

require (
	github.com/patrickcping/pingone-go-sdk-v2/management v0.70.0
	postern.test/compat/driver v0.0.0
)

replace postern.test/compat/driver => ../driver
