#!/bin/sh
# Runs one job of signal-jobs, as cron does:
#
#   */15 * * * *  SIGNAL_JOBS_URL=https://signals.example  /opt/signal-jobs/cron.sh run_scan
#   0 6 * * 1-5   SIGNAL_JOBS_URL=https://signals.example  /opt/signal-jobs/cron.sh run_briefing
#
# The token comes from INTERNAL_JOB_TOKEN, or from the file that INTERNAL_JOB_TOKEN_FILE names.
# Ends with 0 if the job succeeded, 1 if it ran and failed, 2 if it was refused or not reached.
set -eu

job=${1:?usage: cron.sh run_scan|run_briefing}
url=${SIGNAL_JOBS_URL:?SIGNAL_JOBS_URL is not set}
if [ -n "${INTERNAL_JOB_TOKEN_FILE:-}" ]; then
    INTERNAL_JOB_TOKEN=$(cat "$INTERNAL_JOB_TOKEN_FILE")
fi
: "${INTERNAL_JOB_TOKEN:?INTERNAL_JOB_TOKEN is not set}"

# curl reads the header from standard input, so that the token is in no process list. No --retry:
# a scan whose answer was lost may have run, and the next one comes in a quarter of an hour.
if ! answer=$(
    printf 'X-Internal-Token: %s\n' "$INTERNAL_JOB_TOKEN" |
        curl --silent --show-error --fail-with-body --max-time 60 \
            --request POST --header @- "$url/internal/$job"
); then
    printf '%s was not accepted: %s\n' "$job" "$answer" >&2
    exit 2
fi
printf '%s\n' "$answer"
case $answer in
*'"status":"succeeded"'*) ;;
*) exit 1 ;;
esac
