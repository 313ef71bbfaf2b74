module postern.test/compat/mfa

go 1.25.6

require (
	github.com/patrickcping/pingone-go-sdk-v2/mfa v0.25.1
	postern.test/compat/driver v0.0.0
)

replace postern.test/compat/driver => ../driver
