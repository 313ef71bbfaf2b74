// Every operation that the mfa module of the Go SDK has, over plain HTTP, each answer decoded by the module: settings, policies,
// FIDO, push credentials, a user's devices and pairing keys.
package main

import (
	"github.com/patrickcping/pingone-go-sdk-v2/mfa"

	"postern.test/compat/driver"
)

// helpers of the module are no operations of their own.
var helpers = []string{"HALApi.ReadHALLink"}

func main() {
	configuration := mfa.NewConfiguration()
	configuration.SetDefaultServerIndex(1)
	for name, value := range map[string]string{"protocol": "http", "baseHostname": driver.Env("COMPAT_API_HOST")} {
		if err := configuration.SetDefaultServerVariableDefaultValue(name, value); err != nil {
			panic(err)
		}
	}
	token := "Bearer " + driver.Env("COMPAT_TOKEN")
	configuration.AddDefaultHeader("Authorization", token)
	run := driver.New(mfa.NewAPIClient(configuration), map[string]string{
		"env":  driver.Env("COMPAT_ENVIRONMENT"),
		"app":  driver.Env("COMPAT_APPLICATION"),
		"user": driver.Env("COMPAT_USER"),
	})
	run.Steps(settings)
	run.Steps(fido)
	run.Steps(policies)
	run.Steps(push)
	run.Steps(devices)
	run.Steps(pairingKeys)
	run.Covers(helpers, "EnvironmentsApi", "MFASettingsApi", "DeviceAuthenticationPolicyApi", "FIDO2PolicyApi", "FIDOPolicyApi",
		"FIDODeviceApi", "ApplicationsApplicationMFAPushCredentialsApi", "EnableUsersMFAApi", "UserMFADevicesApi",
		"UserMFAPairingKeysApi")
	run.Exit()
}
