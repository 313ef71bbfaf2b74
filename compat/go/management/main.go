// Every operation that the management module of the Go SDK has for what Postern manages, over plain HTTP, each answer decoded by
// the module: platform, users, applications, notifications.
package main

import (
	"time"

	"github.com/patrickcping/pingone-go-sdk-v2/management"

	"postern.test/compat/driver"
)

// notInTheReference are operations of these services that belong to parts of the platform that Postern does not have.
var notInTheReference = []string{
	"PopulationsApi.ReadOnePopulationDefaultIdp",
	"PopulationsApi.UpdatePopulationDefaultIdp",
	"CapabilitiesApi.OrganizationsOrganizationIDCapabilitiesGet",
	"AuditActivitiesApi.EnvironmentsEnvironmentIDActivitiesPost",
}

func main() {
	configuration := management.NewConfiguration()
	configuration.SetDefaultServerIndex(1)
	for name, value := range map[string]string{"protocol": "http", "baseHostname": driver.Env("COMPAT_API_HOST")} {
		if err := configuration.SetDefaultServerVariableDefaultValue(name, value); err != nil {
			panic(err)
		}
	}
	configuration.AddDefaultHeader("Authorization", "Bearer "+driver.Env("COMPAT_TOKEN"))
	run := driver.New(management.NewAPIClient(configuration), map[string]string{
		"organization": driver.Env("COMPAT_ORGANIZATION"),
		"license":      driver.Env("COMPAT_LICENSE"),
		"region":       driver.Env("COMPAT_REGION"),
		"anHourAgo":    time.Now().Add(-time.Hour).UTC().Format(time.RFC3339),
		"tomorrow":     time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339),
		// Until the steps have made their own.
		"env":        driver.Env("COMPAT_ENVIRONMENT"),
		"population": driver.Env("COMPAT_POPULATION"),
	})
	run.Steps(platform)
	run.Steps(users)
	run.Steps(applications)
	run.Steps(signOn)
	run.Steps(notifications)
	run.Steps(templates)
	run.Steps(end)
	run.Covers(notInTheReference,
		"OrganizationsApi", "LicensesApi", "RolesApi", "EnvironmentsApi", "BillOfMaterialsBOMApi", "CapabilitiesApi",
		"PopulationsApi", "UsersApi", "EnableUsersApi", "UserAccountsApi", "UserPasswordsApi", "UserPopulationsApi", "GroupsApi",
		"GroupMembershipApi", "UserRoleAssignmentsApi", "ApplicationsApi", "ApplicationSecretApi",
		"ApplicationRoleAssignmentsApi", "ApplicationResourceGrantsApi", "ApplicationSignOnPolicyAssignmentsApi",
		"ResourcesApi", "ResourceScopesApi", "ResourceAttributesApi", "SignOnPoliciesApi", "SignOnPolicyActionsApi", "SubscriptionsWebhooksApi",
		"AuditActivitiesApi", "NotificationsPoliciesApi", "NotificationsSettingsApi", "NotificationsSettingsSMTPApi",
		"PhoneDeliverySettingsApi", "NotificationsTemplatesApi", "LanguagesApi")
	run.Exit()
}
