CREATE TABLE "sluice"."forge_credentials" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"sealed" text NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."forge_memory" (
	"credential" text NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"written_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "forge_memory_credential_key_pk" PRIMARY KEY("credential","key")
);
--> statement-breakpoint
CREATE TABLE "sluice"."linked_accounts" (
	"url" text NOT NULL,
	"login" text NOT NULL,
	"shown" text NOT NULL,
	"person" text NOT NULL,
	CONSTRAINT "linked_accounts_url_login_pk" PRIMARY KEY("url","login")
);
--> statement-breakpoint
CREATE TABLE "sluice"."pushes" (
	"repository" text NOT NULL,
	"commit" text NOT NULL,
	"pushed_by" text NOT NULL,
	CONSTRAINT "pushes_repository_commit_pk" PRIMARY KEY("repository","commit")
);
--> statement-breakpoint
ALTER TABLE "sluice"."repositories" ADD COLUMN "remote" jsonb;--> statement-breakpoint
ALTER TABLE "sluice"."linked_accounts" ADD CONSTRAINT "linked_accounts_person_people_name_fk" FOREIGN KEY ("person") REFERENCES "sluice"."people"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "forge_memory_age" ON "sluice"."forge_memory" USING btree ("written_at");