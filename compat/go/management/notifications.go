package main

import "postern.test/compat/driver"

var notifications = []driver.Step{
	{Op: "NotificationsPoliciesApi.ReadAllNotificationsPolicies", Args: "env", Count: 1, Save: "factory"},
	{Op: "NotificationsPoliciesApi.DeleteNotificationsPolicy", Note: "the default", Args: "env factory", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "NotificationsPoliciesApi.CreateNotificationsPolicy", Args: "env", Save: "sending", Body: `{
		"name": "Careful", "quotas": [
			{"type": "USER", "deliveryMethods": ["SMS", "Voice"], "total": 20},
			{"type": "ENVIRONMENT", "deliveryMethods": ["Email"], "claimed": 500, "unclaimed": 100}],
		"countryLimit": {"type": "ALLOWED", "countries": ["DE", "FR"], "deliveryMethods": ["SMS"]},
		"cooldownConfiguration": {
			"sms": {"enabled": true, "resendLimit": 3, "groupBy": "USER_ID", "periods": [
				{"duration": 30, "timeUnit": "SECONDS"}, {"duration": 60, "timeUnit": "SECONDS"}, {"duration": 2, "timeUnit": "MINUTES"}]},
			"voice": {"enabled": false}, "email": {"enabled": false}, "whatsApp": {"enabled": false}}}`},
	{Op: "NotificationsPoliciesApi.CreateNotificationsPolicy", Note: "name taken", Args: "env", Refused: "UNIQUENESS_VIOLATION", Body: `{"name": "Careful", "quotas": []}`},
	{Op: "NotificationsPoliciesApi.ReadOneNotificationsPolicy", Args: "env sending"},
	{Op: "NotificationsPoliciesApi.UpdateNotificationsPolicy", Args: "env sending", Body: `{
		"name": "Open", "quotas": [], "countryLimit": {"type": "NONE", "countries": []}}`},

	{Op: "PhoneDeliverySettingsApi.CreatePhoneDeliverySettings", Args: "env", Save: "phone", Body: `{
		"provider": "CUSTOM_PROVIDER", "name": "Carrier", "authentication": {"method": "BASIC", "username": "me", "password": "not a secret"},
		"requests": [
			{"deliveryMethod": "SMS", "method": "POST", "url": "https://carrier.example.org/sms", "body": "to=${to}&text=${message}",
				"headers": {"content-type": "application/x-www-form-urlencoded"}, "phoneNumberFormat": "NUMBER_ONLY"},
			{"deliveryMethod": "VOICE", "method": "GET", "url": "https://carrier.example.org/call?to=${to}&say=${message}",
				"beforeTag": "<d>", "afterTag": "</d>", "phoneNumberFormat": "FULL"}],
		"numbers": [{"number": "+491701234567", "type": "PHONE_NUMBER", "capabilities": ["SMS", "VOICE"], "available": true, "selected": true}]}`},
	{Op: "PhoneDeliverySettingsApi.ReadAllPhoneDeliverySettings", Args: "env", Count: 1},
	{Op: "PhoneDeliverySettingsApi.ReadOnePhoneDeliverySettings", Args: "env phone"},
	{Op: "PhoneDeliverySettingsApi.UpdatePhoneDeliverySettings", Args: "env phone", Body: `{
		"provider": "CUSTOM_PROVIDER", "name": "Carrier", "authentication": {"method": "BEARER", "authToken": "not a secret"},
		"requests": [{"deliveryMethod": "SMS", "method": "POST", "url": "https://carrier.example.org/sms", "body": "{\"to\":\"${to}\",\"text\":\"${message}\"}",
			"headers": {"content-type": "application/json"}, "phoneNumberFormat": "FULL"}]}`},

	{Op: "NotificationsSettingsApi.ReadNotificationsSettings", Args: "env"},
	{Op: "NotificationsSettingsApi.UpdateNotificationsSettings", Args: "env", Body: `{
		"deliveryMode": "ALL", "smsProvidersFallbackChain": ["{phone}", "PINGONE_TWILIO"], "from": {"address": "noreply@pingidentity.com"}}`},
	{Op: "NotificationsSettingsApi.DeleteNotificationsSettings", Args: "env"},
	{Op: "PhoneDeliverySettingsApi.DeletePhoneDeliverySettings", Args: "env phone"},

	{Op: "NotificationsSettingsSMTPApi.ReadEmailNotificationsSettings", Note: "not configured", Args: "env", Refused: "NOT_FOUND"},
	{Op: "NotificationsSettingsSMTPApi.UpdateEmailNotificationsSettings", Note: "SMTP", Args: "env", Body: `{
		"host": "smtp.example.org", "port": 587, "protocol": "SMTPS", "username": "mfa", "password": "not a secret",
		"from": {"name": "Shop", "address": "mfa@example.org"}, "replyTo": {"address": "help@example.org"}}`},
	{Op: "NotificationsSettingsSMTPApi.ReadEmailNotificationsSettings", Args: "env"},
	{Op: "NotificationsSettingsSMTPApi.UpdateEmailNotificationsSettings", Note: "custom provider", Args: "env", Body: `{
		"name": "Mailer", "provider": "CUSTOM_PROVIDER", "protocol": "HTTP", "authentication": {"method": "BEARER", "authToken": "not a secret"},
		"requests": [{"deliveryMethod": "EMAIL", "method": "POST", "url": "https://mail.example.org/send", "headers": {"Content-Type": "application/json"},
			"body": "{\"to\":\"${to}\",\"from\":\"${from}\",\"text\":\"${message}\"}"}]}`},
	{Op: "NotificationsSettingsSMTPApi.DeleteEmailDeliverySettings", Args: "env"},
	{Op: "NotificationsPoliciesApi.DeleteNotificationsPolicy", Args: "env sending"},
}
