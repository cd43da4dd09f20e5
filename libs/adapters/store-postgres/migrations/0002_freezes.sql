CREATE TABLE "sluice"."freezes" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"repository" text NOT NULL,
	"environment" text,
	"application" text,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"until" timestamp(3) with time zone,
	"lifted_by" text,
	"lifted_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE INDEX "freezes_repository" ON "sluice"."freezes" USING btree ("repository","sequence");