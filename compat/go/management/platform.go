package main

import "postern.test/compat/driver"

var platform = []driver.Step{
	{Op: "OrganizationsApi.ReadAllOrganizations"},
	{Op: "OrganizationsApi.ReadOneOrganization", Args: "organization"},
	{Op: "LicensesApi.ReadAllLicenses", Args: "organization", Set: map[string]string{"Order": "-beginsAt"}},
	{Op: "LicensesApi.ReadOneLicense", Args: "organization license"},
	{Op: "LicensesApi.ReadOneLicenseName", Args: "organization license"},
	{Op: "LicensesApi.UpdateOneLicenseName", Args: "organization license", Body: `{"name":"Compatibility"}`},
	{Op: "RolesApi.ReadAllRoles", Save: "role", Named: "Identity Data Read Only"},
	{Op: "RolesApi.ReadOneRole", Args: "role"},

	{Op: "EnvironmentsApi.CreateEnvironmentActiveLicense", Save: "env", Body: `{
		"name": "Go SDK", "description": "made by a client program", "type": "SANDBOX", "region": "{region}",
		"license": {"id": "{license}"},
		"billOfMaterials": {"products": [
			{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA", "bookmarks": [{"name": "Manual", "href": "https://example.org/manual"}]},
			{"type": "PING_ONE_DAVINCI", "tags": ["DAVINCI_MINIMAL"]}]}}`},
	{Op: "EnvironmentsApi.CreateEnvironmentActiveLicense", Note: "name taken", Refused: "UNIQUENESS_VIOLATION", Body: `{
		"name": "Go SDK", "type": "SANDBOX", "region": "{region}", "license": {"id": "{license}"}}`},
	{Op: "EnvironmentsApi.ReadAllEnvironments", Note: "by name", Count: 1, Set: map[string]string{"Filter": `name sw "Go SDK"`}},
	{Op: "EnvironmentsApi.ReadOneEnvironment", Args: "env"},
	{Op: "EnvironmentsApi.ReadOneEnvironment", Note: "unknown", Args: "c0ffee00-0000-4000-8000-000000000000", Refused: "NOT_FOUND"},
	{Op: "EnvironmentsApi.UpdateEnvironment", Args: "env", Body: `{
		"name": "Go SDK", "type": "SANDBOX", "region": "{region}", "license": {"id": "{license}"}}`},
	{Op: "EnvironmentsApi.UpdateEnvironmentType", Args: "env", Body: `{"type": "SANDBOX"}`},
	{Op: "EnvironmentsApi.UpdateEnvironmentStatus", Args: "env", Body: `{"status": "ACTIVE"}`},
	{Op: "BillOfMaterialsBOMApi.ReadOneBillOfMaterials", Args: "env"},
	{Op: "BillOfMaterialsBOMApi.UpdateBillOfMaterials", Args: "env", Body: `{
		"products": [{"type": "PING_ONE_BASE"}, {"type": "PING_ONE_MFA"}, {"type": "PING_ONE_RISK"}]}`},
	{Op: "CapabilitiesApi.EnvironmentsEnvironmentIDCapabilitiesGet", Args: "env"},

	{Op: "PopulationsApi.CreatePopulation", Args: "env", Save: "population", Body: `{"name": "Contractors", "description": "by the day", "preferredLanguage": "en"}`},
	{Op: "PopulationsApi.CreatePopulation", Note: "name taken", Args: "env", Body: `{"name": "Contractors"}`, Refused: "UNIQUENESS_VIOLATION"},
	{Op: "PopulationsApi.ReadAllPopulations", Args: "env", Count: 2},
	{Op: "PopulationsApi.ReadAllPopulations", Note: "by name", Args: "env", Count: 1, Set: map[string]string{"Filter": `name sw "contr"`}},
	{Op: "PopulationsApi.ReadOnePopulation", Args: "env population"},
	{Op: "PopulationsApi.UpdatePopulation", Args: "env population", Body: `{"name": "Contractors and guests"}`},

	{Op: "ResourcesApi.CreateResource", Args: "env", Save: "resource", Body: `{"name": "Orders", "audience": "https://orders.example.org", "accessTokenValiditySeconds": 600, "introspectEndpointAuthMethod": "CLIENT_SECRET_BASIC"}`},
	{Op: "ResourcesApi.ReadAllResources", Args: "env"},
	{Op: "ResourcesApi.ReadOneResource", Args: "env resource"},
	{Op: "ResourcesApi.UpdateResource", Args: "env resource", Body: `{"name": "Orders", "description": "of the shop", "audience": "https://orders.example.org"}`},
	{Op: "ResourceScopesApi.CreateResourceScope", Args: "env resource", Save: "scope", Body: `{"name": "orders:read"}`},
	{Op: "ResourceScopesApi.ReadAllResourceScopes", Args: "env resource", Count: 1},
	{Op: "ResourceScopesApi.ReadOneResourceScope", Args: "env resource scope"},
	{Op: "ResourceScopesApi.UpdateResourceScope", Args: "env resource scope", Body: `{"name": "orders:read", "description": "sees orders"}`},
	{Op: "ResourceAttributesApi.CreateResourceAttribute", Args: "env resource", Save: "attribute", Body: `{"name": "department", "value": "sales"}`},
	{Op: "ResourceAttributesApi.ReadAllResourceAttributes", Args: "env resource", Count: 2},
	{Op: "ResourceAttributesApi.ReadOneResourceAttribute", Args: "env resource attribute"},
	{Op: "ResourceAttributesApi.UpdateResourceAttribute", Args: "env resource attribute", Body: `{"name": "department", "value": "shop"}`},

	{Op: "SubscriptionsWebhooksApi.CreateSubscription", Args: "env", Save: "subscription", Body: `{
		"name": "Trail", "enabled": false, "protocol": "HTTPS", "format": "ACTIVITY", "verifyTlsCertificates": true,
		"httpEndpoint": {"url": "https://hooks.example.org/mfa", "headers": {"X-Source": "postern"}},
		"filterOptions": {"includedActionTypes": ["POPULATION.CREATED"]}}`},
	{Op: "SubscriptionsWebhooksApi.ReadAllSubscriptions", Args: "env", Count: 1},
	{Op: "SubscriptionsWebhooksApi.ReadOneSubscription", Args: "env subscription"},
	{Op: "SubscriptionsWebhooksApi.UpdateSubscription", Args: "env subscription", Body: `{
		"name": "Trail", "enabled": false, "protocol": "HTTPS", "format": "ACTIVITY", "verifyTlsCertificates": false,
		"httpEndpoint": {"url": "https://hooks.example.org/other"},
		"filterOptions": {"includedActionTypes": ["POPULATION.CREATED", "POPULATION.UPDATED"]}}`},
	{Op: "SubscriptionsWebhooksApi.DeleteSubscription", Args: "env subscription"},
}

var end = []driver.Step{
	// Records are shown once they are sealed, a second or two later.
	{Op: "AuditActivitiesApi.EnvironmentsEnvironmentIDActivitiesGet", Args: "env", Save: "activity",
		Set: map[string]string{"Limit": "5", "Filter": `recordedAt gt "{anHourAgo}"`}},
	{Op: "AuditActivitiesApi.EnvironmentsEnvironmentIDActivitiesActivityIDGet", Args: "env activity"},
	{Op: "ResourceScopesApi.DeleteResourceScope", Args: "env resource scope"},
	{Op: "ResourceAttributesApi.DeleteResourceAttribute", Args: "env resource attribute"},
	{Op: "ResourcesApi.DeleteResource", Args: "env resource"},
	{Op: "PopulationsApi.DeletePopulation", Args: "env population"},
	{Op: "EnvironmentsApi.DeleteEnvironment", Args: "env"},
	{Op: "EnvironmentsApi.ReadOneEnvironment", Note: "deleted", Args: "env", Refused: "NOT_FOUND"},
	{Op: "PopulationsApi.ReadAllPopulations", Note: "of a deleted environment", Args: "env", Refused: "NOT_FOUND"},
}
