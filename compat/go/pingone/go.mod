module postern.test/compat/pingone

go 1.25.6

require (
	github.com/patrickcping/pingone-go-sdk-v2 v0.14.14
	github.com/patrickcping/pingone-go-sdk-v2/management v0.70.0
	postern.test/compat/driver v0.0.0
)

require (
	github.com/patrickcping/pingone-go-sdk-v2/authorize v0.8.3 // indirect
	github.com/patrickcping/pingone-go-sdk-v2/credentials v0.12.1 // indirect
	github.com/patrickcping/pingone-go-sdk-v2/mfa v0.25.1 // indirect
	github.com/patrickcping/pingone-go-sdk-v2/risk v0.21.1 // indirect
	github.com/patrickcping/pingone-go-sdk-v2/verify v0.11.2 // indirect
	golang.org/x/oauth2 v0.36.0 // indirect
)

replace postern.test/compat/driver => ../driver
