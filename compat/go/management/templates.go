package main

import "postern.test/compat/driver"

var templates = []driver.Step{
	{Op: "LanguagesApi.ReadLanguages", Args: "env", Count: 14, Save: "french", Named: "fr"},
	{Op: "LanguagesApi.CreateLanguage", Args: "env", Save: "welsh", Body: `{"locale": "cy-GB", "enabled": false, "default": false}`},
	{Op: "LanguagesApi.CreateLanguage", Note: "locale taken", Args: "env", Refused: "UNIQUENESS_VIOLATION", Body: `{"locale": "cy-GB", "enabled": false, "default": false}`},
	{Op: "LanguagesApi.ReadOneLanguage", Args: "env welsh"},
	{Op: "LanguagesApi.UpdateLanguage", Args: "env french", Body: `{"locale": "fr", "enabled": true, "default": false}`},

	{Op: "NotificationsTemplatesApi.ReadAllTemplates", Args: "env", Count: 16},
	{Op: "NotificationsTemplatesApi.ReadOneTemplate", Args: "env strong_authentication"},
	{Op: "NotificationsTemplatesApi.ReadAllTemplateContents", Note: "predefined", Args: "env general"},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "SMS", Args: "env strong_authentication", Save: "sms", Body: `{
		"locale": "cy-GB", "deliveryMethod": "SMS", "content": "Eich cod: ${otp}", "sender": "Siop"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "duplicate", Args: "env strong_authentication", Refused: "UNIQUENESS_VIOLATION", Body: `{
		"locale": "cy-GB", "deliveryMethod": "SMS", "content": "Cod: ${otp}"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "e-mail variant", Args: "env strong_authentication", Save: "mail", Body: `{
		"locale": "fr", "deliveryMethod": "Email", "variant": "payroll", "subject": "Votre code", "body": "<p>${otp}</p>",
		"charset": "UTF-8", "emailContentType": "text/html"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "push variant", Args: "env strong_authentication", Save: "push", Body: `{
		"locale": "fr", "deliveryMethod": "Push", "variant": "payroll", "title": "Connexion", "body": "Approuver ?", "pushCategory": "WITHOUT_BANNER_BUTTONS"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "voice", Args: "env strong_authentication", Save: "voice", Body: `{
		"locale": "fr", "deliveryMethod": "Voice", "content": "Votre code est <sayCharValue>${otp}</sayCharValue>", "voice": "Woman"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "method not of the template", Args: "env email_verification_admin", Refused: "INVALID_VALUE", Body: `{
		"locale": "fr", "deliveryMethod": "SMS", "content": "${code}"}`},
	{Op: "NotificationsTemplatesApi.CreateContent", Note: "variable left out", Args: "env strong_authentication", Refused: "REQUIRED_VALUE", Body: `{
		"locale": "de", "deliveryMethod": "SMS", "content": "kein Code"}`},
	// Its predefined content for WhatsApp is none of the four kinds of content that the module knows.
	{Op: "NotificationsTemplatesApi.ReadAllTemplateContents", Note: "with WhatsApp", Args: "env strong_authentication", Undecodable: "oneOf(TemplateContent)"},
	{Op: "NotificationsTemplatesApi.ReadAllTemplateContents", Note: "without WhatsApp", Args: "env transaction"},
	{Op: "NotificationsTemplatesApi.ReadOneContent", Args: "env strong_authentication mail"},
	{Op: "NotificationsTemplatesApi.UpdateContent", Args: "env strong_authentication sms", Body: `{
		"locale": "cy-GB", "deliveryMethod": "SMS", "variant": "short", "content": "${otp}"}`},
	{Op: "NotificationsTemplatesApi.PatchBulkVariantContents", Args: "env strong_authentication",
		Set: map[string]string{"Filter": `variant eq "payroll"`}, Body: `{"variant": "wages"}`},
	{Op: "NotificationsTemplatesApi.DeleteBulkVariantContents", Args: "env strong_authentication", Set: map[string]string{"Filter": `variant eq "wages"`}},
	{Op: "NotificationsTemplatesApi.ReadOneContent", Note: "deleted with its variant", Args: "env strong_authentication mail", Refused: "NOT_FOUND"},
	{Op: "NotificationsTemplatesApi.DeleteContent", Args: "env strong_authentication sms"},
	{Op: "NotificationsTemplatesApi.DeleteContent", Note: "voice", Args: "env strong_authentication voice"},
	{Op: "LanguagesApi.DeleteLanguage", Args: "env welsh"},
}
