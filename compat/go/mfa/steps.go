package main

import "postern.test/compat/driver"

var settings = []driver.Step{
	{Op: "EnvironmentsApi.ReadOneEnvironment", Args: "env"},
	{Op: "MFASettingsApi.ReadMFASettings", Args: "env"},
	{Op: "MFASettingsApi.UpdateMFASettings", Args: "env", Body: `{
		"pairing": {"maxAllowedDevices": 9, "pairingKeyFormat": "NUMERIC"}, "lockout": {"failureCount": 12},
		"phoneExtensions": {"enabled": true}, "users": {"mfaEnabled": true}}`},
	{Op: "MFASettingsApi.ResetMFASettings", Args: "env"},
	{Op: "EnableUsersMFAApi.ReadUserMFAEnabled", Args: "env user"},
	{Op: "EnableUsersMFAApi.UpdateUserMFAEnabled", Args: "env user", Body: `{"mfaEnabled": true}`},
}

var fido = []driver.Step{
	{Op: "FIDO2PolicyApi.ReadFIDO2Policies", Args: "env", Count: 2, Save: "passkeys", Named: "Passkeys"},
	{Op: "FIDO2PolicyApi.DeleteFIDO2Policy", Note: "the default", Args: "env passkeys", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "FIDO2PolicyApi.CreateFIDO2Policy", Args: "env", Save: "fido2", Body: `{
		"name": "Keys of the house", "description": "bought by us", "default": false,
		"attestationRequirements": "DIRECT", "authenticatorAttachment": "CROSS_PLATFORM",
		"backupEligibility": {"allow": false, "enforceDuringAuthentication": true},
		"deviceDisplayName": "House key", "discoverableCredentials": "PREFERRED",
		"mdsAuthenticatorsRequirements": {"option": "SPECIFIC", "enforceDuringAuthentication": true, "allowedAuthenticators": [{"id": "one"}, {"id": "two"}]},
		"relyingPartyId": "example.org",
		"userDisplayNameAttributes": {"attributes": [{"name": "name", "subAttributes": [{"name": "given"}, {"name": "family"}]}, {"name": "username"}]},
		"userVerification": {"option": "REQUIRED", "enforceDuringAuthentication": true},
		"userPresenceTimeout": {"duration": 90, "timeUnit": "SECONDS"}}`},
	{Op: "FIDO2PolicyApi.ReadOneFIDO2Policy", Args: "env fido2"},
	{Op: "FIDO2PolicyApi.UpdateFIDO2Policy", Args: "env fido2", Body: `{
		"name": "Any key", "attestationRequirements": "NONE", "authenticatorAttachment": "BOTH",
		"backupEligibility": {"allow": true, "enforceDuringAuthentication": false},
		"deviceDisplayName": "Key", "discoverableCredentials": "REQUIRED",
		"mdsAuthenticatorsRequirements": {"option": "NONE", "enforceDuringAuthentication": false}, "relyingPartyId": "example.org",
		"userDisplayNameAttributes": {"attributes": [{"name": "username"}]},
		"userVerification": {"option": "PREFERRED", "enforceDuringAuthentication": false}}`},

	{Op: "FIDOPolicyApi.ReadFidoPolicies", Args: "env"},
	{Op: "FIDOPolicyApi.CreateFidoPolicy", Args: "env", Save: "fidoPolicy", Body: `{
		"name": "Former keys", "attestationRequirements": "NONE", "residentKeyRequirement": "DISCOURAGED", "enforceDuringAuthentication": false}`},
	{Op: "FIDOPolicyApi.ReadOneFidoPolicy", Args: "env fidoPolicy"},
	{Op: "FIDOPolicyApi.UpdateFIDOPolicy", Args: "env fidoPolicy", Body: `{
		"name": "Former keys", "description": "as they were", "attestationRequirements": "NONE", "residentKeyRequirement": "REQUIRED"}`},
	{Op: "FIDOPolicyApi.DeleteFidoPolicy", Args: "env fidoPolicy"},

	{Op: "FIDODeviceApi.ReadFidoDevices", Args: "env"},
	{Op: "FIDODeviceApi.CreateFidoDevice", Args: "env", Save: "authenticator", Body: `{
		"aaguid": "8d2f7c1e-5b40-4a96-9c3d-1e6f0a7b2c58",
		"metadataStatement": {"description": "Key of the house", "aaguid": "8d2f7c1e-5b40-4a96-9c3d-1e6f0a7b2c58", "authenticatorVersion": 1,
			"protocolFamily": "fido2", "schema": 3, "upv": [{"major": 1, "minor": 0}], "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
			"publicKeyAlgAndEncodings": ["cose"], "attestationTypes": ["basic_full"], "userVerificationDetails": [[{"userVerificationMethod": "presence_internal"}]],
			"keyProtection": ["hardware"], "matcherProtection": ["on_chip"], "cryptoStrength": 128, "attachmentHint": ["external"],
			"tcDisplay": [], "attestationRootCertificates": []}}`},
	{Op: "FIDODeviceApi.ReadOneFidoDevice", Args: "env authenticator"},
	{Op: "FIDODeviceApi.DeleteFidoDevice", Args: "env authenticator"},
}

var policies = []driver.Step{
	{Op: "DeviceAuthenticationPolicyApi.ReadDeviceAuthenticationPolicies", Args: "env", Count: 1, Save: "factory"},
	{Op: "DeviceAuthenticationPolicyApi.DeleteDeviceAuthenticationPolicy", Note: "the default", Args: "env factory", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "DeviceAuthenticationPolicyApi.CreateDeviceAuthenticationPolicies", Args: "env", Save: "policy",
		Set: map[string]string{"ContentType": "application/json"}, Body: everyMethod},
	{Op: "DeviceAuthenticationPolicyApi.CreateDeviceAuthenticationPolicies", Note: "bad values", Args: "env", Refused: "OUT_OF_RANGE",
		Set: map[string]string{"ContentType": "application/json"}, Body: `{
		"name": "Bad", "default": false, "forSignOnPolicy": false,
		"sms": ` + outOfRange + `, "voice": ` + once + `, "email": ` + once + `, "mobile": {"enabled": false, "otp": ` + failure + `},
		"totp": {"enabled": false, "otp": ` + failure + `}, "fido2": {"enabled": false}}`},
	{Op: "DeviceAuthenticationPolicyApi.ReadOneDeviceAuthenticationPolicy", Args: "env policy"},
	{Op: "FIDO2PolicyApi.DeleteFIDO2Policy", Note: "in use", Args: "env fido2", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "DeviceAuthenticationPolicyApi.CreateDeviceAuthenticationPolicies", Note: "migrate", Args: "env",
		Set:  map[string]string{"ContentType": "application/vnd.pingidentity.deviceAuthenticationPolicy.fido2.migrate+json"},
		Body: `{"migrationData": [{"deviceAuthenticationPolicyId": "{policy}", "fido2PolicyId": "{fido2}"}]}`},
	{Op: "DeviceAuthenticationPolicyApi.UpdateDeviceAuthenticationPolicy", Args: "env policy", Body: `{
		"name": "Some methods", "default": false, "forSignOnPolicy": false,
		"sms": ` + once + `, "voice": ` + once + `, "email": ` + once + `, "mobile": {"enabled": false, "otp": ` + failure + `},
		"totp": {"enabled": true, "otp": ` + failure + `}, "fido2": {"enabled": true}}`},
	{Op: "DeviceAuthenticationPolicyApi.DeleteDeviceAuthenticationPolicy", Args: "env policy"},
	{Op: "DeviceAuthenticationPolicyApi.ReadOneDeviceAuthenticationPolicy", Note: "deleted", Args: "env policy", Refused: "NOT_FOUND"},
	{Op: "FIDO2PolicyApi.DeleteFIDO2Policy", Args: "env fido2"},
}

const (
	failure    = `{"failure": {"count": 3, "coolDown": {"duration": 2, "timeUnit": "MINUTES"}}}`
	once       = `{"enabled": true, "otp": {"lifeTime": {"duration": 10, "timeUnit": "MINUTES"}, "failure": {"count": 3, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}}, "otpLength": 8}}`
	outOfRange = `{"enabled": true, "otp": {"lifeTime": {"duration": 10, "timeUnit": "MINUTES"}, "failure": {"count": 99, "coolDown": {"duration": 0, "timeUnit": "MINUTES"}}}}`

	everyMethod = `{
		"name": "Every method", "default": false, "forSignOnPolicy": false, "ignoreUserLock": true,
		"authentication": {"deviceSelection": "PROMPT_TO_SELECT"}, "newDeviceNotification": "SMS_THEN_EMAIL",
		"rememberMe": {"web": {"enabled": true, "lifeTime": {"duration": 12, "timeUnit": "HOURS"}}},
		"sms": ` + once + `, "voice": ` + once + `, "email": ` + once + `, "whatsApp": ` + once + `,
		"mobile": {"enabled": true, "otp": ` + failure + `, "applications": [{
			"id": "{app}", "push": {"enabled": true, "numberMatching": {"enabled": true}}, "otp": {"enabled": true},
			"pushTimeout": {"duration": 60, "timeUnit": "SECONDS"}, "pairingKeyLifetime": {"duration": 2, "timeUnit": "HOURS"},
			"pushLimit": {"count": 4, "timePeriod": {"duration": 5, "timeUnit": "MINUTES"}, "lockDuration": {"duration": 900, "timeUnit": "SECONDS"}},
			"deviceAuthorization": {"enabled": true, "extraVerification": "permissive"}, "autoEnrollment": {"enabled": true}, "pairingDisabled": true}]},
		"totp": {"enabled": true, "otp": ` + failure + `, "passcodeGracePeriod": 2, "uriParameters": {"issuer": "Shop"}, "promptForNicknameOnPairing": true},
		"fido2": {"enabled": true, "fido2PolicyId": "{fido2}", "failure": {"count": 5, "coolDown": {"duration": 150, "timeUnit": "SECONDS"}}},
		"oathToken": {"enabled": true, "otp": ` + failure + `}}`
)

var push = []driver.Step{
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.CreateMFAPushCredential", Note: "FCM", Args: "env app", Save: "fcm", Body: `{
		"type": "FCM_HTTP_V1", "googleServiceAccountCredentials": "{\"type\":\"service_account\",\"project_id\":\"pocket\"}"}`},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.CreateMFAPushCredential", Note: "HMS", Args: "env app", Save: "hms", Body: `{
		"type": "HMS", "clientId": "1234", "clientSecret": "not a secret"}`},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.ReadAllMFAPushCredentials", Args: "env app", Count: 2},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.ReadOneMFAPushCredential", Args: "env app hms"},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.UpdateMFAPushCredential", Args: "env app hms", Body: `{
		"type": "HMS", "clientId": "1234", "clientSecret": "another"}`},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.DeleteMFAPushCredential", Args: "env app hms"},
	{Op: "ApplicationsApplicationMFAPushCredentialsApi.DeleteMFAPushCredential", Note: "FCM", Args: "env app fcm"},
}

const devicesApi = "UserMFADevicesApi.EnvironmentsEnvironmentIDUsersUserIDDevices"

var devices = []driver.Step{
	{Op: devicesApi + "Post", Args: "env user", Save: "device", Body: `{"type": "EMAIL", "email": "ada@example.org", "status": "ACTIVE"}`},
	{Op: devicesApi + "Post", Note: "second", Args: "env user", Save: "other", Body: `{"type": "EMAIL", "email": "byron@example.org", "status": "ACTIVE"}`},
	{Op: devicesApi + "Get", Args: "env user"},
	{Op: devicesApi + "DeviceIDGet", Args: "env user device"},
	{Op: devicesApi + "DeviceIDNicknamePut", Args: "env user device", Body: `{"nickname": "Post"}`},
	{Op: devicesApi + "Post", Note: "order", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.devices.reorder+json"},
		Body: `{"order": [{"id": "{other}"}, {"id": "{device}"}]}`},
	{Op: devicesApi + "Delete", Note: "order", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.devices.order.remove+json"}},
	{Op: devicesApi + "DeviceIDPost", Note: "block", Args: "env user device", Set: map[string]string{"ContentType": "application/vnd.pingidentity.device.block+json"}},
	{Op: devicesApi + "DeviceIDPost", Note: "unblock", Args: "env user device", Set: map[string]string{"ContentType": "application/vnd.pingidentity.device.unblock+json"}},
	{Op: devicesApi + "DeviceIDLogsPut", Note: "not a mobile device", Args: "env user device", Refused: "INVALID_VALUE", Body: `{"status": "PENDING"}`},
	{Op: devicesApi + "DeviceIDDelete", Args: "env user device"},
	{Op: devicesApi + "DeviceIDDelete", Note: "second", Args: "env user other"},
}

// Pairing keys come with mobile applications and their pushes.
const noPairingKeys = "pairing keys, which come with mobile push"
const pairingKeysApi = "UserMFAPairingKeysApi.EnvironmentsEnvironmentIDUsersUserIDPairingKeys"

var pairingKeys = []driver.Step{
	{Op: pairingKeysApi + "Post", Args: "env user", Absent: noPairingKeys, Body: `{"applications": [{"id": "{app}"}]}`},
	{Op: pairingKeysApi + "PairingKeyIDGet", Args: "env user app", Absent: noPairingKeys},
	{Op: pairingKeysApi + "PairingKeyIDDelete", Args: "env user app", Absent: noPairingKeys},
}
