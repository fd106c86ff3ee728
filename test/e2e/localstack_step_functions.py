"""LocalStack's Step Functions. Its own Lambda needs Docker, so Tasks call the functions of another endpoint."""

import os
import threading

import boto3
from localstack.services.stepfunctions.asl.utils import boto_client

own_client_for = boto_client.boto_client_for
making_client = threading.Lock()


def client_for(service, region, state_credentials):
    if service != "lambda":
        return own_client_for(service, region, state_credentials)
    with making_client:
        return boto3.client(
            "lambda",
            region_name=region,
            endpoint_url=os.environ["LAMBDA_ENDPOINT"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=boto_client._BOTO_CLIENT_CONFIG,
        )


# Before the modules are loaded that import it by name.
boto_client.boto_client_for = client_for

from localstack.runtime.main import main  # noqa: E402

main()
