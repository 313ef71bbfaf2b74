package main

import "postern.test/compat/driver"

var applications = []driver.Step{
	{Op: "ApplicationsApi.CreateApplication", Note: "worker", Args: "env", Save: "worker", Body: `{
		"name": "Batch", "enabled": true, "protocol": "OPENID_CONNECT", "type": "WORKER", "grantTypes": ["CLIENT_CREDENTIALS"],
		"tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}`},
	{Op: "ApplicationsApi.CreateApplication", Note: "web", Args: "env", Save: "web", Body: `{
		"name": "Shop", "enabled": true, "protocol": "OPENID_CONNECT", "type": "WEB_APP", "grantTypes": ["AUTHORIZATION_CODE", "REFRESH_TOKEN"],
		"responseTypes": ["CODE"], "redirectUris": ["https://shop.example.org/callback"], "tokenEndpointAuthMethod": "CLIENT_SECRET_POST",
		"pkceEnforcement": "OPTIONAL", "refreshTokenDuration": 86400}`},
	{Op: "ApplicationsApi.CreateApplication", Note: "single page", Args: "env", Save: "page", Body: `{
		"name": "Page", "enabled": true, "protocol": "OPENID_CONNECT", "type": "SINGLE_PAGE_APP", "grantTypes": ["AUTHORIZATION_CODE"],
		"responseTypes": ["CODE"], "redirectUris": ["https://page.example.org/"], "tokenEndpointAuthMethod": "NONE", "pkceEnforcement": "S256_REQUIRED",
		"corsSettings": {"behavior": "ALLOW_SPECIFIC_ORIGINS", "origins": ["https://page.example.org"]}}`},
	{Op: "ApplicationsApi.CreateApplication", Note: "native", Args: "env", Save: "native", Body: `{
		"name": "Pocket", "enabled": true, "protocol": "OPENID_CONNECT", "type": "NATIVE_APP", "grantTypes": ["AUTHORIZATION_CODE"],
		"responseTypes": ["CODE"], "redirectUris": ["org.example.pocket://callback"], "tokenEndpointAuthMethod": "NONE", "pkceEnforcement": "S256_REQUIRED",
		"bundleId": "org.example.pocket", "packageName": "org.example.pocket",
		"mobile": {"bundleId": "org.example.pocket", "packageName": "org.example.pocket", "passcodeRefreshDuration": {"duration": 30, "timeUnit": "SECONDS"}}}`},
	{Op: "ApplicationsApi.CreateApplication", Note: "SAML", Args: "env", Save: "saml", Body: `{
		"name": "Payroll", "enabled": true, "protocol": "SAML", "type": "WEB_APP", "spEntityId": "payroll.example.org",
		"acsUrls": ["https://payroll.example.org/acs"], "assertionDuration": 60}`},
	{Op: "ApplicationsApi.CreateApplication", Note: "bad redirect", Args: "env", Refused: "INVALID_VALUE", Body: `{
		"name": "Wild", "enabled": true, "protocol": "OPENID_CONNECT", "type": "WEB_APP", "grantTypes": ["AUTHORIZATION_CODE"],
		"responseTypes": ["CODE"], "redirectUris": ["https://*.example.org/"], "tokenEndpointAuthMethod": "CLIENT_SECRET_BASIC"}`},
	{Op: "ApplicationsApi.ReadAllApplications", Args: "env"},
	{Op: "ApplicationsApi.ReadOneApplication", Args: "env web"},
	{Op: "ApplicationsApi.ReadOneApplication", Note: "native", Args: "env native"},
	{Op: "ApplicationsApi.ReadOneApplication", Note: "SAML", Args: "env saml"},
	{Op: "ApplicationsApi.UpdateApplication", Args: "env web", Body: `{
		"name": "Shop", "description": "sells", "enabled": false, "protocol": "OPENID_CONNECT", "type": "WEB_APP", "grantTypes": ["AUTHORIZATION_CODE"],
		"responseTypes": ["CODE"], "redirectUris": ["https://shop.example.org/callback"], "tokenEndpointAuthMethod": "CLIENT_SECRET_POST"}`},
	{Op: "ApplicationSecretApi.ReadApplicationSecret", Args: "env worker"},
	{Op: "ApplicationSecretApi.UpdateApplicationSecret", Args: "env worker", Body: `{"previous": {"expiresAt": "{tomorrow}"}}`},
	{Op: "ApplicationSecretApi.DeletePreviousApplicationSecret", Args: "env worker"},

	{Op: "ApplicationRoleAssignmentsApi.ReadApplicationRoleAssignments", Args: "env worker"},
	{Op: "ApplicationRoleAssignmentsApi.CreateApplicationRoleAssignment", Args: "env worker", Save: "assignment", Body: `{
		"role": {"id": "{role}"}, "scope": {"id": "{env}", "type": "ENVIRONMENT"}}`},
	{Op: "ApplicationRoleAssignmentsApi.ReadOneApplicationRoleAssignment", Args: "env worker assignment"},
	{Op: "ApplicationRoleAssignmentsApi.DeleteApplicationRoleAssignment", Args: "env worker assignment"},

	{Op: "ApplicationResourceGrantsApi.CreateApplicationGrant", Args: "env web", Save: "grant", Body: `{
		"resource": {"id": "{resource}"}, "scopes": [{"id": "{scope}"}]}`},
	{Op: "ApplicationResourceGrantsApi.ReadAllApplicationGrants", Args: "env web"},
	{Op: "ApplicationResourceGrantsApi.ReadOneApplicationGrant", Args: "env web grant"},
	{Op: "ApplicationResourceGrantsApi.UpdateApplicationGrant", Args: "env web grant", Body: `{
		"resource": {"id": "{resource}"}, "scopes": [{"id": "{scope}"}]}`},
	{Op: "ApplicationResourceGrantsApi.DeleteApplicationGrant", Args: "env web grant"},
}

var signOn = []driver.Step{
	{Op: "SignOnPoliciesApi.CreateSignOnPolicy", Args: "env", Save: "policy", Body: `{"name": "Step_Up", "description": "with a second factor"}`},
	{Op: "SignOnPoliciesApi.ReadAllSignOnPolicies", Args: "env", Count: 3},
	{Op: "SignOnPoliciesApi.ReadOneSignOnPolicy", Args: "env policy"},
	{Op: "SignOnPoliciesApi.UpdateSignOnPolicy", Args: "env policy", Body: `{"name": "Step_Up", "default": false}`},
	{Op: "SignOnPolicyActionsApi.CreateSignOnPolicyAction", Note: "login", Args: "env policy", Save: "login", Body: `{
		"type": "LOGIN", "priority": 1, "registration": {"enabled": false}, "recovery": {"enabled": true}}`},
	{Op: "SignOnPolicyActionsApi.CreateSignOnPolicyAction", Note: "second factor", Args: "env policy", Save: "second", Body: `{
		"type": "MULTI_FACTOR_AUTHENTICATION", "priority": 2, "noDevicesMode": "BLOCK"}`},
	{Op: "SignOnPolicyActionsApi.ReadAllSignOnPolicyActions", Args: "env policy", Count: 2},
	{Op: "SignOnPolicyActionsApi.ReadOneSignOnPolicyAction", Args: "env policy login"},
	{Op: "SignOnPolicyActionsApi.UpdateSignOnPolicyAction", Args: "env policy login", Body: `{
		"type": "LOGIN", "priority": 1, "registration": {"enabled": false}, "recovery": {"enabled": false}}`},
	{Op: "ApplicationSignOnPolicyAssignmentsApi.CreateSignOnPolicyAssignment", Args: "env web", Save: "assigned", Body: `{
		"priority": 1, "signOnPolicy": {"id": "{policy}"}}`},
	{Op: "ApplicationSignOnPolicyAssignmentsApi.ReadAllSignOnPolicyAssignments", Args: "env web", Count: 1},
	{Op: "ApplicationSignOnPolicyAssignmentsApi.ReadOneSignOnPolicyAssignment", Args: "env web assigned"},
	{Op: "ApplicationSignOnPolicyAssignmentsApi.UpdateSignOnPolicyAssignment", Args: "env web assigned", Body: `{
		"priority": 2, "signOnPolicy": {"id": "{policy}"}}`},
	{Op: "ApplicationSignOnPolicyAssignmentsApi.DeleteSignOnPolicyAssignment", Args: "env web assigned"},
	{Op: "SignOnPolicyActionsApi.DeleteSignOnPolicyAction", Args: "env policy second"},
	{Op: "SignOnPolicyActionsApi.DeleteSignOnPolicyAction", Note: "the last", Args: "env policy login", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "SignOnPoliciesApi.DeleteSignOnPolicy", Args: "env policy"},

	{Op: "ApplicationsApi.DeleteApplication", Args: "env web"},
	{Op: "ApplicationsApi.DeleteApplication", Note: "worker", Args: "env worker"},
	{Op: "ApplicationsApi.DeleteApplication", Note: "single page", Args: "env page"},
	{Op: "ApplicationsApi.DeleteApplication", Note: "native", Args: "env native"},
	{Op: "ApplicationsApi.DeleteApplication", Note: "SAML", Args: "env saml"},
	{Op: "ApplicationsApi.ReadOneApplication", Note: "deleted", Args: "env web", Refused: "NOT_FOUND"},
}
