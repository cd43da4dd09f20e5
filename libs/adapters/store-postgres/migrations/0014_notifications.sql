CREATE TABLE "sluice"."notification_endpoints" (
	"name" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"sealed" text NOT NULL,
	"changed_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sluice"."notifications" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"target" text NOT NULL,
	"state" text NOT NULL,
	"message" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"ended_at" timestamp(3) with time zone,
	CONSTRAINT "notifications_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE INDEX "notifications_due" ON "sluice"."notifications" USING btree ("state","due_at");--> statement-breakpoint
CREATE INDEX "notifications_target" ON "sluice"."notifications" USING btree ("target","created_at");--> statement-breakpoint
CREATE INDEX "notifications_age" ON "sluice"."notifications" USING btree ("created_at");