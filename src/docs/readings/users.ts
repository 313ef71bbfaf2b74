import { type ReadingGroup, readingsIn } from './reading.js';

export const USER_READINGS: ReadingGroup = {
  title: 'Users, passwords and identity providers',
  readings: [
    ...readingsIn('http/routes/users.ts', [
      ['00 §3.4', 'A page has 1–1000 items as asked for, and at most 200 users'],
      ['00 §3.5', 'Unknown names in `expand` and `include` are ignored'],
    ]),
    ...readingsIn('platform/users/user-filter.ts', [
      [
        '00 §8.4',
        'Text is compared without regard to case; `in` as `eq` with any of its values; `id` can be filtered by',
      ],
      ['00 §8.4', 'Any name without a dot that is no standard attribute is one of the environment’s own'],
      ['00 §8.8', 'The `userFilter` of a group takes what a list of users takes, but for `memberOfGroups`'],
    ]),
    ...readingsIn('platform/users/user-search.ts', [
      [
        '00 §3.4',
        'A filter that names nobody reads 20,000 users for a page at most and then gives `next`; `count` is there when it is known',
      ],
    ]),
    ...readingsIn('platform/users/attributes.ts', [
      ['00 §8.2', 'Attributes of the environment’s own are kept and shown as they were sent'],
    ]),
    ...readingsIn('http/routes/user-request.ts', [
      ['00 §2.4', 'A `PATCH` of an object changes it member by member (RFC 7396)'],
      [
        '00 §8.1',
        'A user’s identity provider is one of the environment, by `id`, whose type is shown; only `PING_ONE` needs none. Users keep what a provider was that is deleted',
      ],
    ]),
    ...readingsIn('platform/users/user-changes.ts', [
      ['00 §8.2', '`emailVerified` is taken from a `PUT` or `PATCH` that changes the address, and is false without it'],
      ['00 §8.2', '`verifyStatus` can also be set by `PUT` and `PATCH` of the user; a `PUT` without it resets it'],
    ]),
    ...readingsIn('http/hal/users.ts', [
      [
        '00 §8.1',
        '`enabled`, `population`, `verifyStatus` and `identityProvider` answer in the form of `mfaEnabled`: the member, `self` and `user`',
      ],
    ]),
    ...readingsIn('accounts/code.ts', [
      [
        '00 §8.1',
        'Codes of users have 8 digits and live for 10 minutes; five wrong ones stop them for 15 minutes, a hundred until an administrator unlocks the account',
      ],
    ]),
    ...readingsIn('accounts/decide.ts', [
      [
        '00 §8.1',
        'Only an account that is `VERIFICATION_REQUIRED` is sent a code and verified: its address is verified with it',
      ],
      ['00 §8.7', 'A recovery code is for a user who has a password, is enabled, not locked, and verified'],
    ]),
    ...readingsIn('http/routes/user-codes.ts', [
      [
        '00 §8.1',
        '`user.sendVerificationCode` answers 200 with the user; a wrong code is 400 `INVALID_OTP` on the member that has it',
      ],
    ]),
    ...readingsIn('http/routes/groups.ts', [
      [
        '00 §8.8',
        'Groups are read and written by whoever may users; a filter knows `id`, `name`, `externalId`, `population.id`',
      ],
      [
        '00 §8.8',
        'A `userFilter` that is not one is `INVALID_FILTER` with the target `userFilter`, and what would be taken, as for a list',
      ],
    ]),
    ...readingsIn('http/hal/groups.ts', [
      [
        '00 §8.8',
        'Members of a group and of a membership, and `groupMemberships`, are those that the public Go client reads',
      ],
    ]),
    ...readingsIn('platform/groups/members.ts', [
      [
        '00 §8.8',
        'Whom a group’s `userFilter` asks for, as the user is now, is in the group as `INDIRECT`, as are members of groups that are nested in it, and `DIRECT` whoever was added; one with a population asks for its users only. A list of a user’s groups has them where user and group were both there',
      ],
    ]),
    ...readingsIn('platform/groups/nesting-rules.ts', [
      [
        '00 §8.8',
        'A group is nested in others by `POST …/groups/{id}/memberOfGroups`: the group of the path in the one of the body, as the vendor’s clients do it; 100 at most, and none of a population in a group of elsewhere',
      ],
      ['00 §8.8', 'Groups may be nested in each other in a circle; who is in one of them is in all'],
    ]),
    ...readingsIn('platform/groups/group-rules.ts', [
      ['00 §8.8', 'Whoever is in a group by a filter or another group cannot be taken out of it: 400 `REQUEST_FAILED`'],
      ['00 §8.8', 'The name of a group is unique in its environment, whatever its case'],
    ]),
    ...readingsIn('platform/passwords/password-policies.ts', [
      [
        '00 §7.2',
        'Password policies are those of the public Go SDK; a new environment has Standard, which is the default, Basic and Passphrase',
      ],
      ['00 §7.2', 'A password policy that is the default, or that a population names, stays: `CONSTRAINT_VIOLATION`'],
      ['00 §7.2', '`maxAgeDays` is more than `minAgeDays` and 21 together'],
    ]),
    ...readingsIn('platform/passwords/password-policy.ts', [
      ['00 §7.2', 'A population without a `passwordPolicy` has the environment’s default, whichever that is now'],
      ['00 §8.7', 'Without a `lockout` five wrong attempts lock for 15 minutes; no policy allows more than 100'],
      ['00 §8.7', 'A history remembers 24 passwords at most'],
      ['00 §8.7', 'A password older than `maxAgeDays` is `PASSWORD_EXPIRED`; it can still be checked'],
    ]),
    ...readingsIn('platform/passwords/password-strength.ts', [
      ['00 §8.3', 'A password has 8–255 characters, also under a policy without `length`, or with `bypassPolicy`'],
      ['00 §7.2', '`excludesCommonlyUsed` is kept and shown only: there is no list of such passwords'],
      [
        '00 §7.2',
        'Sequences count in either direction and whatever the case; a keyboard’s rows are those of the United States',
      ],
      ['00 §7.2', '`minComplexity` reckons with 10¹¹ guesses a second over the alphabets that the password has'],
      ['00 §7.2', '`excludesProfileData` refuses what is the username or a text of the profile, whatever its case'],
    ]),
    ...readingsIn('platform/passwords/password-change.ts', [
      [
        '00 §8.7',
        'Only who gives the current password, or a recovery code, is told that a new one was used before; `minAgeDays` and `notSimilarToCurrent` hold for the former alone, and similar is what differs in less than three characters',
      ],
    ]),
    ...readingsIn('platform/passwords/password-rules.ts', [
      ['00 §8.3', 'A password is clear text; every `{SCHEME}…` is `INVALID_VALUE`'],
      ['00 §8.7', 'A password that wrong attempts have locked is `PASSWORD_LOCKED_OUT`'],
      ['00 §8.7', '`password.reset` without `currentPassword` is an administrator’s'],
    ]),
    ...readingsIn('http/routes/user-passwords.ts', [
      [
        '00 §8.7',
        'Every password operation answers with the state and the policy that governs; `check` takes `{ "password" }`',
      ],
    ]),
    ...readingsIn('platform/identity-providers/identity-providers.ts', [
      [
        '40 §2.2',
        'Identity providers and their attributes are those of the public Go SDK; `username` is there from the beginning, and of it only the value changes',
      ],
      [
        '40 §2.2',
        'Secrets of identity providers are sealed and shown, because the public clients compare them; only who may change a provider may read it',
      ],
      [
        '40 §2.2',
        'A deleted identity provider leaves `socialProviders` and `discoveryRules`; one that is an action’s only one stays: `CONSTRAINT_VIOLATION`',
      ],
    ]),
  ],
};
