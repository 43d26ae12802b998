FROM python:3.12-slim

WORKDIR /app
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt . \
    && useradd --system --create-home feedmill \
    && install --directory --owner feedmill /var/lib/feedmill

USER feedmill
WORKDIR /var/lib/feedmill
EXPOSE 8000
CMD ["feedmill", "up", "--config", "/etc/feedmill/feedmill.toml", "--data", "/var/lib/feedmill", "--host", "0.0.0.0"]
