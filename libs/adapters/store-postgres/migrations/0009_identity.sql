CREATE TABLE "sluice"."identities" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"person" text NOT NULL,
	CONSTRAINT "identities_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "sluice"."linked_slack_accounts" (
	"team" text NOT NULL,
	"slack_user" text NOT NULL,
	"person" text NOT NULL,
	"linked_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "linked_slack_accounts_team_slack_user_pk" PRIMARY KEY("team","slack_user")
);
--> statement-breakpoint
CREATE TABLE "sluice"."pending_sign_ins" (
	"browser_hash" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"nonce" text NOT NULL,
	"verifier" text NOT NULL,
	"next" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."slack_link_codes" (
	"person" text PRIMARY KEY NOT NULL,
	"code_hash" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "slack_link_codes_code_hash_unique" UNIQUE("code_hash")
);
--> statement-breakpoint
CREATE TABLE "sluice"."slack_link_tries" (
	"team" text NOT NULL,
	"slack_user" text NOT NULL,
	"tries" integer NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "slack_link_tries_team_slack_user_pk" PRIMARY KEY("team","slack_user")
);
--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "scopes" jsonb;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "repositories" jsonb;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "idle" integer;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "created_at" timestamp(3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "sluice"."credentials" ADD COLUMN "used_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "sluice"."people" ADD COLUMN "claimed" jsonb;--> statement-breakpoint
ALTER TABLE "sluice"."people" ADD COLUMN "service" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sluice"."identities" ADD CONSTRAINT "identities_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."linked_slack_accounts" ADD CONSTRAINT "linked_slack_accounts_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sluice"."slack_link_codes" ADD CONSTRAINT "slack_link_codes_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "identities_person" ON "sluice"."identities" USING btree ("person");--> statement-breakpoint
CREATE INDEX "linked_slack_accounts_person" ON "sluice"."linked_slack_accounts" USING btree ("person");--> statement-breakpoint
CREATE INDEX "pending_sign_ins_expiry" ON "sluice"."pending_sign_ins" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "slack_link_codes_expiry" ON "sluice"."slack_link_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "slack_link_tries_expiry" ON "sluice"."slack_link_tries" USING btree ("expires_at");