CREATE TABLE "sluice"."bot_notes" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"version" integer NOT NULL,
	"expires_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE INDEX "bot_notes_expiry" ON "sluice"."bot_notes" USING btree ("expires_at");