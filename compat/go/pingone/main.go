// The high-level client of the Go SDK over TLS: it fetches its own tokens, by HTTP Basic and where that is refused in the form,
// follows pages, and tries again when it is told to wait.
package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/patrickcping/pingone-go-sdk-v2/management"
	"github.com/patrickcping/pingone-go-sdk-v2/pingone"

	"postern.test/compat/driver"
)

// populations are made beside the default one: more than the client's default page.
const populations = 29

func main() {
	environment := driver.Env("PINGONE_ENVIRONMENT_ID")
	ctx := context.Background()
	run := driver.New(nil, nil)

	run.Check("token by HTTP Basic", func() error {
		_, err := clientOf(driver.Env("PINGONE_CLIENT_ID"), driver.Env("PINGONE_CLIENT_SECRET")).APIClient(ctx)
		return err
	})
	run.Check("token in the form, after Basic was refused", func() error {
		_, err := clientOf(driver.Env("COMPAT_POST_CLIENT_ID"), driver.Env("COMPAT_POST_CLIENT_SECRET")).APIClient(ctx)
		return err
	})
	run.Check("a wrong secret is no token", func() error {
		if _, err := clientOf(driver.Env("PINGONE_CLIENT_ID"), "wrong").APIClient(ctx); err == nil {
			return fmt.Errorf("a token for a wrong secret")
		}
		return nil
	})

	client, err := clientOf(driver.Env("PINGONE_CLIENT_ID"), driver.Env("PINGONE_CLIENT_SECRET")).APIClient(ctx)
	if err != nil {
		run.Exit()
	}
	api := client.ManagementAPIClient
	waits := &counter{next: api.GetConfig().HTTPClient.Transport}
	if waits.next == nil {
		waits.next = http.DefaultTransport
	}
	api.GetConfig().HTTPClient.Transport = waits

	run.Check("MFA settings by the mfa client", func() error {
		_, _, err := client.MFAAPIClient.MFASettingsApi.ReadMFASettings(ctx, environment).Execute()
		return err
	})
	run.Check(fmt.Sprintf("%d populations created, some after a wait", populations), func() error {
		for number := range populations {
			population := *management.NewPopulation(fmt.Sprintf("Population %02d", number))
			if _, _, err := api.PopulationsApi.CreatePopulation(ctx, environment).Population(population).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
	for _, limit := range []int32{0, 7} {
		run.Check(fmt.Sprintf("every population by pages of %d", limit), func() error {
			request := api.PopulationsApi.ReadAllPopulations(ctx, environment)
			if limit > 0 {
				request = request.Limit(limit)
			}
			return readAll(request, int(limit))
		})
	}
	run.Check("the server asked to wait, and the client did", func() error {
		for range 60 {
			if _, _, err := api.EnvironmentsApi.ReadOneEnvironment(ctx, environment).Execute(); err != nil {
				return err
			}
		}
		if waits.limited.Load() == 0 {
			return fmt.Errorf("no answer was 429: nothing was shown")
		}
		return nil
	})
	run.Exit()
}

func clientOf(id, secret string) *pingone.Config {
	region := management.EnumRegionCode(driver.Env("PINGONE_REGION_CODE"))
	environment, apiHost, authHost := driver.Env("PINGONE_ENVIRONMENT_ID"), driver.Env("PINGONE_API_SERVICE_HOSTNAME"), driver.Env("PINGONE_AUTH_SERVICE_HOSTNAME")
	return &pingone.Config{
		ClientID: &id, ClientSecret: &secret, EnvironmentID: &environment, RegionCode: &region,
		APIHostnameOverride: &apiHost, AuthHostnameOverride: &authHost,
	}
}

// readAll follows the pages and wants every population once.
func readAll(request management.ApiReadAllPopulationsRequest, limit int) error {
	seen := map[string]bool{}
	pages := 0
	for page, err := range request.Execute() {
		if err != nil {
			return err
		}
		pages++
		for _, population := range page.EntityArray.Embedded.GetPopulations() {
			if seen[population.GetId()] {
				return fmt.Errorf("%s came twice", population.GetId())
			}
			seen[population.GetId()] = true
		}
	}
	if len(seen) != populations+1 {
		return fmt.Errorf("%d populations, expected %d", len(seen), populations+1)
	}
	if limit > 0 && pages < len(seen)/limit {
		return fmt.Errorf("%d populations in %d pages of %d", len(seen), pages, limit)
	}
	return nil
}

// counter counts the answers that asked to wait.
type counter struct {
	next    http.RoundTripper
	limited atomic.Int32
}

func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	if err == nil && response.StatusCode == http.StatusTooManyRequests {
		c.limited.Add(1)
	}
	return response, err
}
