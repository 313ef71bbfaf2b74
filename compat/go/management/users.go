package main

import "postern.test/compat/driver"

const passwords = "UserPasswordsApi.EnvironmentsEnvironmentIDUsersUserIDPassword"

var users = []driver.Step{
	{Op: "UsersApi.CreateUser", Args: "env", Save: "user", Body: `{
		"username": "ada", "email": "ada@example.org", "name": {"given": "Ada", "family": "Byron"},
		"population": {"id": "{population}"}, "mobilePhone": "+44.2071234567", "locale": "en-GB", "timezone": "Europe/London",
		"address": {"streetAddress": "12 St James's Square", "locality": "London", "countryCode": "GB"}}`},
	{Op: "UsersApi.CreateUser", Note: "import", Args: "env", Save: "imported",
		Set: map[string]string{"ContentType": "application/vnd.pingidentity.user.import+json"},
		Body: `{"username": "charles", "email": "charles@example.org", "population": {"id": "{population}"}, "enabled": true,
			"lifecycle": {"status": "ACCOUNT_OK"}}`},
	{Op: "UsersApi.CreateUser", Note: "name taken", Args: "env", Body: `{"username": "ADA", "email": "other@example.org"}`, Refused: "UNIQUENESS_VIOLATION"},
	{Op: "UsersApi.ReadAllUsers", Args: "env", Count: 2, Set: map[string]string{"Limit": "1"}},
	{Op: "UsersApi.ReadAllUsers", Note: "by filter", Args: "env", Count: 1,
		Set: map[string]string{"Filter": `(name.family sw "By" and email ew "example.org") and not (username eq "charles")`}},
	{Op: "UsersApi.ReadUser", Args: "env user", Set: map[string]string{"Include": "memberOfGroupNames"}},
	{Op: "UsersApi.UpdateUserPatch", Args: "env user", Body: `{"username": "ada", "email": "ada@example.org", "nickname": "Countess"}`},
	{Op: "UsersApi.UpdateUserPut", Args: "env user", Body: `{"username": "ada.lovelace", "email": "ada@example.org", "name": {"formatted": "Ada Lovelace"}}`},
	{Op: "UsersApi.EnvironmentsEnvironmentIDUsersUserIDVerifyStatusGet", Args: "env user"},
	{Op: "UsersApi.EnvironmentsEnvironmentIDUsersUserIDVerifyStatusPut", Args: "env user", Body: `{"verifyStatus": "DISABLED"}`},
	{Op: "UsersApi.EnvironmentsEnvironmentIDUsersUserIDIdentityProviderGet", Args: "env user"},
	{Op: "UsersApi.EnvironmentsEnvironmentIDUsersUserIDIdentityProviderPut", Args: "env user", Body: `{"type": "PING_ONE"}`},
	{Op: "EnableUsersApi.ReadUserEnabled", Args: "env user"},
	{Op: "EnableUsersApi.UpdateUserEnabled", Args: "env user", Body: `{"enabled": false}`},
	{Op: "EnableUsersApi.UpdateUserEnabled", Note: "again", Args: "env user", Body: `{"enabled": true}`},
	{Op: "UserAccountsApi.UserAccount", Note: "lock", Args: "env user",
		Set: map[string]string{"ContentType": "application/vnd.pingidentity.account.lock+json"}, Body: `{"canAuthenticate": false, "status": "LOCKED"}`},
	{Op: "UserAccountsApi.UserAccount", Note: "unlock", Args: "env user",
		Set: map[string]string{"ContentType": "application/vnd.pingidentity.account.unlock+json"}, Body: `{"canAuthenticate": true, "status": "OK"}`},
	{Op: passwords + "Put", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.password.set+json"},
		Body: `{"value": "A long way to Tipperary, 1914", "forceChange": false}`},
	{Op: passwords + "Get", Args: "env user"},
	{Op: passwords + "Post", Note: "check", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.password.check+json"},
		Body: `{"password": "A long way to Tipperary, 1914"}`},
	{Op: passwords + "Post", Note: "wrong", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.password.check+json"},
		Body: `{"password": "a short way"}`, Refused: "INVALID_VALUE"},
	{Op: passwords + "Post", Note: "unlock", Args: "env user", Set: map[string]string{"ContentType": "application/vnd.pingidentity.password.unlock+json"},
		Body: `{}`},
	{Op: "UserPopulationsApi.ReadUserPopulation", Args: "env user"},
	{Op: "UserPopulationsApi.UpdateUserPopulation", Args: "env imported", Body: `{"id": "{population}"}`},

	{Op: "UserRoleAssignmentsApi.CreateUserRoleAssignment", Args: "env user", Save: "userRole", Body: `{
		"role": {"id": "{role}"}, "scope": {"id": "{env}", "type": "ENVIRONMENT"}}`},
	{Op: "UserRoleAssignmentsApi.ReadUserRoleAssignments", Args: "env user", Count: 1},
	{Op: "UserRoleAssignmentsApi.ReadOneUserRoleAssignment", Args: "env user userRole"},
	{Op: "UserRoleAssignmentsApi.DeleteUserRoleAssignment", Args: "env user userRole"},

	{Op: "GroupsApi.CreateGroup", Args: "env", Save: "group", Body: `{"name": "Analysts", "description": "of engines", "externalId": "ext-1"}`},
	{Op: "GroupsApi.ReadAllGroups", Args: "env", Count: 1, Set: map[string]string{"Filter": `name sw "Ana"`}},
	{Op: "GroupsApi.ReadOneGroup", Args: "env group"},
	{Op: "GroupsApi.UpdateGroup", Args: "env group", Body: `{"name": "Analysts", "description": "of numbers"}`},
	{Op: "GroupMembershipApi.AddUserToGroup", Args: "env user", Body: `{"id": "{group}"}`},
	{Op: "GroupMembershipApi.ReadAllGroupMembershipsForUser", Args: "env user", Count: 1},
	{Op: "GroupMembershipApi.ReadOneGroupMembershipForUser", Args: "env user group"},
	{Op: "UsersApi.ReadAllUsers", Note: "of a group", Args: "env", Count: 1, Set: map[string]string{"Filter": `memberOfGroups[id eq "{group}"]`}},
	{Op: "GroupMembershipApi.RemoveUserFromGroup", Args: "env user group"},
	{Op: "GroupsApi.DeleteGroup", Args: "env group"},

	{Op: "PopulationsApi.DeletePopulation", Note: "with users", Args: "env population", Refused: "CONSTRAINT_VIOLATION"},
	{Op: "UsersApi.DeleteUser", Args: "env user"},
	{Op: "UsersApi.DeleteUser", Note: "the imported one", Args: "env imported"},
	{Op: "UsersApi.ReadUser", Note: "deleted", Args: "env user", Refused: "NOT_FOUND"},
}
