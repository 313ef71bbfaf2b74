resource "pingone_group" "analysts" {
  environment_id = var.environment_id
  name           = var.changed ? "Analysts of engines" : "Analysts"
  description    = var.changed ? null : "who count"
  external_id    = "g-1"
}

resource "pingone_population" "staff" {
  environment_id = var.environment_id
  name           = "Group members"
}

resource "pingone_user" "member" {
  environment_id = var.environment_id
  population_id  = pingone_population.staff.id
  username       = "member"
  email          = "member@example.org"
}

resource "pingone_user_group_assignment" "member" {
  environment_id = var.environment_id
  user_id        = pingone_user.member.id
  group_id       = pingone_group.analysts.id
}
