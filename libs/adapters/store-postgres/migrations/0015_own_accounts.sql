CREATE TABLE "sluice"."oauth_clients" (
	"credential" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"sealed" text
);
--> statement-breakpoint
CREATE TABLE "sluice"."own_accounts" (
	"person" text NOT NULL,
	"url" text NOT NULL,
	"login" text NOT NULL,
	"shown" text NOT NULL,
	"credential" text NOT NULL,
	"how" text NOT NULL,
	"sealed" text NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"since" timestamp(3) with time zone NOT NULL,
	"unusable_since" timestamp(3) with time zone,
	"unusable_why" text,
	CONSTRAINT "own_accounts_person_url_pk" PRIMARY KEY("person","url")
);
--> statement-breakpoint
CREATE TABLE "sluice"."pending_authorizations" (
	"state" text PRIMARY KEY NOT NULL,
	"browser" text NOT NULL,
	"person" text NOT NULL,
	"credential" text NOT NULL,
	"verifier" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sluice"."oauth_clients" ADD CONSTRAINT "oauth_clients_credential_forge_credentials_name_fk" FOREIGN KEY ("credential") REFERENCES "sluice"."forge_credentials"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."own_accounts" ADD CONSTRAINT "own_accounts_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."own_accounts" ADD CONSTRAINT "own_accounts_credential_forge_credentials_name_fk" FOREIGN KEY ("credential") REFERENCES "sluice"."forge_credentials"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."own_accounts" ADD CONSTRAINT "own_accounts_login" FOREIGN KEY ("url","login") REFERENCES "sluice"."linked_accounts"("url","login") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."pending_authorizations" ADD CONSTRAINT "pending_authorizations_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."pending_authorizations" ADD CONSTRAINT "pending_authorizations_credential_forge_credentials_name_fk" FOREIGN KEY ("credential") REFERENCES "sluice"."forge_credentials"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "own_accounts_login" ON "sluice"."own_accounts" USING btree ("url","login");--> statement-breakpoint
CREATE INDEX "own_accounts_credential" ON "sluice"."own_accounts" USING btree ("credential");--> statement-breakpoint
CREATE INDEX "pending_authorizations_expiry" ON "sluice"."pending_authorizations" USING btree ("expires_at");